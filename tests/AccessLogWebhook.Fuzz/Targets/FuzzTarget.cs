using System.Text;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>Something that takes bytes from anybody, and what is always true of it.</summary>
internal abstract class FuzzTarget(string name)
{
    /// <summary>What an input may cost whatever it is: buffers, messages, the answer.</summary>
    protected virtual long Margin => 4 * 1024 * 1024;

    public string Name => name;

    /// <summary>What it may cost for each byte of the input. An excess is one of kind, not of degree, so this is no measure of what it does cost.</summary>
    protected virtual long AllocationPerByte => 4_000;

    /// <summary>What it is worth to put into inputs, beside the words of the seeds.</summary>
    public virtual IEnumerable<string> Words => [];

    /// <param name="tests">The folder of the tests, whose fixtures there are.</param>
    public abstract IEnumerable<byte[]> Seeds(string tests);

    /// <summary>Whatever it throws is a fault.</summary>
    public void Try(ReadOnlySpan<byte> input)
    {
        var allowed = Margin + (AllocationPerByte * input.Length);
        var allocated = Allocated(input);
        // What is made once for all inputs is made for the first that needs it.
        if (allocated > allowed)
        {
            allocated = Allocated(input);
        }

        Expect.That(allocated <= allowed, $"{allocated} bytes are allocated for {input.Length}");
    }

    private long Allocated(ReadOnlySpan<byte> input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(input);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    protected abstract void Run(ReadOnlySpan<byte> input);

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input);
}
