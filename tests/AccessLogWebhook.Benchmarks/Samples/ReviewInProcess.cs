using System.Buffers;
using AccessLogWebhook.Admission;
using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Benchmarks.Samples;

/// <summary>A review without the network: what <see cref="AdmissionEndpoint"/> does between the last byte that it reads and the first that it sends.</summary>
internal sealed class ReviewInProcess(MeshSnapshot mesh)
{
    private readonly ArrayBufferWriter<byte> answer = new(4096);
    private readonly PolicySettings settings = PolicySettings.Default;

    /// <returns>The answer's bytes, until the next call.</returns>
    public ReadOnlySpan<byte> Mutate(ReadOnlySpan<byte> body) => Answer(body, isMutation: true);

    public ReadOnlySpan<byte> Validate(ReadOnlySpan<byte> body) => Answer(body, isMutation: false);

    private ReadOnlySpan<byte> Answer(ReadOnlySpan<byte> body, bool isMutation)
    {
        answer.ResetWrittenCount();
        if (AdmissionReviewReader.Read(body) is not ReadReview.Sound { Request: { Workload: { } workload } request })
        {
            throw new InvalidOperationException("The sample is no sound review.");
        }

        var context = new PolicyContext(mesh.Namespaces[request.Namespace], mesh, settings);
        var input = new PolicyInput(request.Operation, request.Subresource, request.Username, workload, request.Old, context);
        AdmissionResponses.Write(answer, request.Uid, isMutation ? MutatingPolicy.Decide(input) : ValidatingPolicy.Decide(input));
        return answer.WrittenSpan;
    }
}
