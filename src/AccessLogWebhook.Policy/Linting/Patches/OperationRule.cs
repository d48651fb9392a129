using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Linting.Patches;

/// <summary>
/// AL001. Source: Istio's <c>networking/v1alpha3/envoy_filter.proto</c> (<c>Patch.Operation</c>) and
/// <c>pkg/config/validation/envoyfilter/envoyfilter.go</c>: "missing patch operation".
/// </summary>
internal static class OperationRule
{
    private static readonly string[] Operations =
        ["MERGE", "ADD", "REMOVE", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE", "MERGE_AND_REPLACE_LIST"];

    public static void Check(LintPass pass)
    {
        foreach (var patch in pass.Patches.Where(patch => !Operations.Contains(patch.Operation)))
        {
            var body = patch.Field["patch"]!;
            if (body["operation"] is not { } operation)
            {
                pass.Add(LintRules.UnknownOperation, body, "The patch has no operation, and Istio refuses it.");
                continue;
            }

            var meant = patch.Operation == "INVALID" ? null : pass.Guess(patch.Operation, Operations);
            pass.Add(
                LintRules.UnknownOperation,
                operation,
                $"\"{Excerpt.Of(operation.Text ?? operation.Value.Written())}\" is no operation of Istio.",
                meant is null ? $"Use one of {string.Join(", ", Operations)}." : $"Use {meant}.");
        }
    }
}
