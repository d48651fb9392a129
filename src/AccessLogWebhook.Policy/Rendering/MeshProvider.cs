using System.Text.Json.Nodes;

namespace AccessLogWebhook.Policy.Rendering;

/// <summary>
/// An entry of <c>meshConfig.extensionProviders</c>, without which a Telemetry that names it logs nothing (istiod passes over providers that it does
/// not know: <c>pilot/pkg/model/telemetry.go</c>, AccessLogging). Its name says what it holds, so a change of the profile asks for another entry and
/// leaves the one that older revisions use.
/// </summary>
/// <param name="Entry">The whole entry, with its name.</param>
public sealed record MeshProvider(string Name, JsonObject Entry);
