namespace AccessLogWebhook.Admission;

/// <summary>
/// How much is worked on at once: requests by their number, bodies by the memory that they take. What is more is turned away before it costs
/// anything, so that a flood ends in refusals and not in the end of the process. No lock: both counts are added to first and taken back where they are too much.
/// </summary>
/// <param name="mostRequests">At once.</param>
/// <param name="mostBodyBytes">For the bodies of all of them.</param>
internal sealed class AdmissionCapacity(int mostRequests, long mostBodyBytes)
{
    /// <summary>The most memory for bodies, however large the machine: four thousand Pods of 64 kB.</summary>
    private const long MostUsefulBodyBytes = 256 * 1024 * 1024;

    /// <summary>The largest body, in a buffer that has been doubled until it fits, and the one that it is copied from: with less, it could never be read.</summary>
    private const long LeastBodyBytes = 24 * 1024 * 1024;

    private int requests;
    private long bodyBytes;

    public int Requests => Volatile.Read(ref requests);

    /// <summary>What bodies may take, of the memory that there is: a quarter. What is read from a body is smaller than the body, and the snapshot must have room beside it.</summary>
    public static long BodyBytesOf(long memory) => Math.Clamp(memory / 4, LeastBodyBytes, MostUsefulBodyBytes);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref requests) <= mostRequests)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref requests);

    public bool TryHold(int bytes)
    {
        if (Interlocked.Add(ref bodyBytes, bytes) <= mostBodyBytes)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public void Release(int bytes) => Interlocked.Add(ref bodyBytes, -bytes);
}
