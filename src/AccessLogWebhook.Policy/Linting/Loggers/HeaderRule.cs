using AccessLogWebhook.Policy.Formats;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Linting.Protos;

namespace AccessLogWebhook.Policy.Linting.Loggers;

/// <summary>AL038 of the headers that a gRPC access log sends beside the request. Source: <c>envoy/extensions/access_loggers/grpc/v3/als.proto</c>.</summary>
internal static class HeaderRule
{
    private static readonly string[] Lists = ["additional_request_headers_to_log", "additional_response_headers_to_log", "additional_response_trailers_to_log"];

    public static void Check(LintPass pass)
    {
        foreach (var header in pass.Logs
            .Where(log => log.Type == ProtoTypes.HttpGrpcAccessLog)
            .SelectMany(log => Lists.SelectMany(list => log.Config!.Proto(list)?.Items() ?? [])))
        {
            if (header.Text is { } name && SensitiveNames.IsSecret(name))
            {
                pass.Add(LintRules.Secrets, header, $"The header {Excerpt.Of(name)} holds a credential, if it is what its name says, and it is sent with every request.");
            }
        }
    }
}
