using System.Buffers;
using System.Net.Http.Headers;

namespace AccessLogWebhook.Admission;

/// <summary>The body of a review, JSON and no more than the limit, in a rented buffer; or why it was not taken.</summary>
internal readonly struct AdmissionBody : IDisposable
{
    // A length that is announced but not sent must not cost its memory: the buffer grows with what arrives.
    private const int MostAtFirst = 32 * 1024;

    private const string Json = "application/json";

    private readonly AdmissionCapacity capacity;
    private readonly byte[] buffer;
    private readonly int length;

    private AdmissionBody(AdmissionCapacity capacity, byte[] buffer, int length, ReadReview? refused) =>
        (this.capacity, this.buffer, this.length, Refused) = (capacity, buffer, length, refused);

    /// <summary>Null where it was taken.</summary>
    public ReadReview? Refused { get; }

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    /// <exception cref="IOException">Likewise.</exception>
    public static async ValueTask<AdmissionBody> ReadAsync(HttpRequest request, AdmissionCapacity capacity, CancellationToken deadline)
    {
        if (!IsJson(request.ContentType))
        {
            return Refuse(StatusCodes.Status415UnsupportedMediaType, $"The content type is \"{request.ContentType}\", but must be application/json.");
        }

        if (request.ContentLength > AdmissionEndpoint.MaxBodyBytes)
        {
            return TooLarge();
        }

        // One more than what is to come, so that its end is seen without another buffer.
        if (!TryRent(capacity, (int)Math.Min(request.ContentLength + 1 ?? MostAtFirst, MostAtFirst), out var buffer))
        {
            return Shed();
        }

        var length = 0;
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (length > AdmissionEndpoint.MaxBodyBytes)
                {
                    Return(capacity, buffer);
                    return TooLarge();
                }

                if (length == buffer.Length)
                {
                    if (!TryRent(capacity, buffer.Length * 2, out var larger))
                    {
                        Return(capacity, buffer);
                        return Shed();
                    }

                    buffer.AsSpan(0, length).CopyTo(larger);
                    Return(capacity, buffer);
                    buffer = larger;
                }
            }
        }
        catch (BadHttpRequestException bad)
        {
            Return(capacity, buffer);
            return bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge() : Refuse(bad.StatusCode, $"The body could not be read: {bad.Message}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            Return(capacity, buffer);
            return Refuse(StatusCodes.Status408RequestTimeout, "The body did not arrive within the request's timeout.");
        }
        catch
        {
            Return(capacity, buffer);
            throw;
        }

        return new(capacity, buffer, length, length > 0
            ? null
            : new ReadReview.Malformed(StatusCodes.Status400BadRequest, "The body is empty: send an admission.k8s.io/v1 AdmissionReview."));
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            Return(capacity, buffer);
        }
    }

    // What API servers send costs no parsing.
    private static bool IsJson(string? type) =>
        type == Json || (MediaTypeHeaderValue.TryParse(type, out var parsed) && Json.Equals(parsed.MediaType, StringComparison.OrdinalIgnoreCase));

    private static bool TryRent(AdmissionCapacity capacity, int least, out byte[] buffer)
    {
        buffer = ArrayPool<byte>.Shared.Rent(least);
        if (capacity.TryHold(buffer.Length))
        {
            return true;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return false;
    }

    private static void Return(AdmissionCapacity capacity, byte[] buffer)
    {
        capacity.Release(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static AdmissionBody TooLarge() => Refuse(
        StatusCodes.Status413PayloadTooLarge, $"The body is larger than {AdmissionEndpoint.MaxBodyBytes} bytes, the most that an API server sends.");

    private static AdmissionBody Shed() => Without(new ReadReview.Shed("TooManyBytes", "The bodies of the reviews that are being answered take all the memory that is for them."));

    private static AdmissionBody Refuse(int statusCode, string message) => Without(new ReadReview.Malformed(statusCode, message));

    private static AdmissionBody Without(ReadReview refused) => new(null!, [], 0, refused);
}
