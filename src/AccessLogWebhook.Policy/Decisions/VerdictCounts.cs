using System.Text.Json.Nodes;
using AccessLogWebhook.Policy.Mesh;
using AccessLogWebhook.Policy.Workloads;

namespace AccessLogWebhook.Policy.Decisions;

/// <summary>How many workloads have which verdict.</summary>
public readonly record struct VerdictCounts(int Logged, int Outdated, int Missing, int Conflicting, int Dangling, int Duplicated, int Inert, int Exempt)
{
    public VerdictCounts Plus(Verdict verdict, int workloads = 1) => verdict switch
    {
        Verdict.Logged => this with { Logged = Logged + workloads },
        Verdict.Outdated => this with { Outdated = Outdated + workloads },
        Verdict.Missing => this with { Missing = Missing + workloads },
        Verdict.Conflicting => this with { Conflicting = Conflicting + workloads },
        Verdict.Dangling => this with { Dangling = Dangling + workloads },
        Verdict.Duplicated => this with { Duplicated = Duplicated + workloads },
        Verdict.Inert => this with { Inert = Inert + workloads },
        _ => this with { Exempt = Exempt + workloads },
    };

    /// <summary>The verdict's name in a profile's status.</summary>
    public static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Logged => "logged",
        Verdict.Outdated => "outdated",
        Verdict.Missing => "missing",
        Verdict.Conflicting => "conflicting",
        Verdict.Dangling => "dangling",
        Verdict.Duplicated => "duplicated",
        Verdict.Inert => "inert",
        _ => "exempt",
    };

    public JsonObject ToJson() => new()
    {
        ["logged"] = Logged,
        ["outdated"] = Outdated,
        ["missing"] = Missing,
        ["conflicting"] = Conflicting,
        ["dangling"] = Dangling,
        ["duplicated"] = Duplicated,
        ["inert"] = Inert,
        ["exempt"] = Exempt,
    };

    /// <summary>
    /// The counts of every profile: of the workloads in namespaces that ask for it by any mode, and of those that carry it. Of Pods only the metadata is
    /// known: one has a proxy where the injector left its mark or the namespace's labels call for one, and what uses the host's network cannot be told.
    /// </summary>
    public static IReadOnlyDictionary<string, VerdictCounts> Of(MeshSnapshot mesh, PolicySettings settings)
    {
        var counts = new Dictionary<string, VerdictCounts>(StringComparer.Ordinal);
        var contexts = new Dictionary<string, (PolicyContext Context, string[] Asked)>(StringComparer.Ordinal);
        foreach (var (key, pod) in mesh.Pods)
        {
            Count(key, pod.ToWorkload(key, mesh));
        }

        foreach (var (key, gateway) in mesh.IstioGateways)
        {
            Count(key, gateway);
        }

        foreach (var (key, gateway) in mesh.KubernetesGateways)
        {
            Count(key, gateway);
        }

        return counts;

        void Count(ObjectKey key, Workload workload)
        {
            if (!contexts.TryGetValue(key.Namespace, out var space))
            {
                var facts = mesh.Namespaces.GetValueOrDefault(key.Namespace) ?? new NamespaceFacts(key.Namespace, LabelSet.Empty);
                space = (new PolicyContext(facts, mesh, settings), [.. Modes.All.Select(mode => Modes.Requested(mode, facts, settings)?.Profile).OfType<string>().Distinct(StringComparer.Ordinal)]);
                contexts.Add(key.Namespace, space);
            }

            var carried = (workload is KubernetesGateway gateway ? gateway.CopiedLabels : workload.Labels)[AccessLogKeys.Profile];
            foreach (var name in carried is null || space.Asked.Contains(carried) ? space.Asked : [.. space.Asked, carried])
            {
                if (mesh.ProfileNamed(name) is { Errors: [] } profile)
                {
                    var judgement = ExemptionRule.ByConfiguration("", workload, space.Context, name) ?? Judge.Workload(workload, profile, space.Context);
                    counts[name] = counts.GetValueOrDefault(name).Plus(judgement.Verdict);
                }
            }
        }
    }
}
