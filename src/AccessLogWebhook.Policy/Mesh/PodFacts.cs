namespace AccessLogWebhook.Policy.Mesh;

/// <summary>
/// A Pod, as far as its metadata tells: a cluster has tens of thousands of them, and their specs are neither sent nor held.
/// </summary>
/// <param name="Annotations">Those that decide something here (see <see cref="MeshKeys.DecidesOnPod"/>).</param>
public sealed record PodFacts(LabelSet Labels, LabelSet Annotations);
