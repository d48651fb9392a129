using System.Globalization;

namespace AccessLogWebhook.Benchmarks.Load;

/// <summary>What a process has used up, as Linux tells it in <c>/proc</c>.</summary>
internal readonly record struct ProcessUsage(TimeSpan Processor, long ResidentBytes, long PeakResidentBytes)
{
    // USER_HZ, which is 100 on every architecture that this runs on (proc(5)).
    private const int TicksPerSecond = 100;

    public static ProcessUsage Of(int processId)
    {
        // The name in parentheses may have spaces; utime and stime are the fields 14 and 15, and the state, behind the name, is the third.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        var status = File.ReadAllLines($"/proc/{processId}/status");
        return new(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), Bytes(status, "VmRSS:"), Bytes(status, "VmHWM:"));
    }

    private static long Bytes(string[] status, string name) =>
        long.Parse(status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
}
