using System.Buffers;
using System.Net.Http.Headers;

namespace AccessLogWebhook.Admission;

/// <summary>Takes in the body of a review: JSON, and no more than the limit.</summary>
internal static class AdmissionBody
{
    private const int UsualBytes = 16 * 1024;

    /// <returns>A rented buffer and how much of it is filled; or an empty buffer and why the body was not taken.</returns>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public static async Task<(byte[] Buffer, int Length, ReadReview.Malformed? Refused)> ReadAsync(HttpRequest request, CancellationToken deadline)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !"application/json".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(StatusCodes.Status415UnsupportedMediaType, $"The content type is \"{request.ContentType}\", but must be application/json.");
        }

        if (request.ContentLength > AdmissionEndpoint.MaxBodyBytes)
        {
            return TooLarge();
        }

        // A length that is announced but not sent must not cost its memory: the buffer grows with what arrives.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength + 1 ?? UsualBytes, 1024 * 1024));
        var length = 0;
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > AdmissionEndpoint.MaxBodyBytes)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    return TooLarge();
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch (BadHttpRequestException bad)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : Refuse(bad.StatusCode, $"The body could not be read: {bad.Message}");
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return Refuse(StatusCodes.Status408RequestTimeout, "The body did not arrive within the request's timeout.");
        }

        return length == 0
            ? (buffer, 0, new ReadReview.Malformed(StatusCodes.Status400BadRequest, "The body is empty: send an admission.k8s.io/v1 AdmissionReview."))
            : (buffer, length, null);
    }

    private static (byte[], int, ReadReview.Malformed) TooLarge() => Refuse(
        StatusCodes.Status413PayloadTooLarge, $"The body is larger than {AdmissionEndpoint.MaxBodyBytes} bytes, the most that an API server sends.");

    private static (byte[], int, ReadReview.Malformed) Refuse(int statusCode, string message) => ([], 0, new(statusCode, message));
}
