using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Messages;

/// <summary>
/// AL016 and AL017. Sources: Istio's <c>pkg/config/validation/envoyfilter/envoyfilter.go</c> ("referenced type unknown", "try using the v3 XDS
/// API"); Envoy's <c>source/common/config/utility.h getAndCheckFactory</c>, which finds an extension by its type alone.
/// </summary>
internal static class AnyTypes
{
    private const string Prefix = "type.googleapis.com/";

    /// <summary>The message that the <c>@type</c> names; null where its fields are not known, or it is none.</summary>
    /// <param name="mustLog">Whether an access logger is wanted.</param>
    public static ProtoMessage? Resolve(LintPass pass, Field config, bool mustLog)
    {
        if (config["@type"] is not { } typeUrl)
        {
            pass.Add(
                LintRules.UnusableType, config, "There is no @type, and Istio refuses the patch.",
                mustLog ? $"Add \"@type\": {Prefix}{ProtoTypes.FileAccessLog}, or that of another logger." : "Add the @type.");
            return null;
        }

        var name = ProtoTypes.NameIn(typeUrl.Text ?? "");
        if (OldTypes.IsOld(name))
        {
            pass.Add(
                LintRules.OldType, typeUrl, $"{Excerpt.Of(name, 160)} is of the v2 API, which Istio refuses and Envoy no longer has.",
                OldTypes.SuccessorOf(name) is { } successor ? $"Use {Prefix}{successor}." : LintRules.OldType.Fix);
            return null;
        }

        if (ProtoTypes.Find(name) is { } message && name.StartsWith("envoy.", StringComparison.Ordinal))
        {
            if (!mustLog || ProtoTypes.Loggers.Contains(name))
            {
                return message;
            }

            pass.Add(
                LintRules.UnusableType, typeUrl, $"{message.ShortName} is no access logger, and Envoy rejects the listener.",
                $"Use {Prefix}{ProtoTypes.FileAccessLog}, or the @type of another logger.");
            return null;
        }

        var meant = Meant(pass, name);
        if (name.Length == 0 || meant is not null)
        {
            pass.Add(
                LintRules.UnusableType, typeUrl, name.Length == 0 ? "The @type is empty, and Istio refuses the patch." : $"There is no type {Excerpt.Of(name, 160)}, and Istio refuses the patch.",
                meant is null ? "Write the type after the slash." : $"Use {Prefix}{meant}.");
        }

        return null;
    }

    /// <summary>The known type of which each part of the name is a misspelling; a proxy of somebody's own may have types that are not known here.</summary>
    private static string? Meant(LintPass pass, string name)
    {
        // The one that is nearest as a whole; a quarter of so long a name may differ, so that each part has to be near as well.
        return pass.Guess(name, ProtoTypes.Names) is { } known
            && (name.Split('.'), known.Split('.')) is var (parts, knownParts)
            && parts.Length == knownParts.Length
            && parts.Zip(knownParts).All(pair => Spelling.Nearest(pair.First, [pair.Second]) is not null)
            ? known
            : null;
    }
}
