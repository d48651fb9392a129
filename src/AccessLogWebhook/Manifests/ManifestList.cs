namespace AccessLogWebhook.Manifests;

/// <summary>A <c>List</c> (or <c>PodList</c>, …) whose items stand for themselves; kept so that they can be printed as a list again.</summary>
internal sealed record ManifestList(string Source, int Line, string ApiVersion, string Kind);
