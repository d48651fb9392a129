using System.Diagnostics;
using System.Globalization;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>
/// A shell that outlives the test host and then kills what it left behind. It reads from a pipe of which the host has the only
/// writing end, so that it wakes however the host ended: a parent's death signal exists on Linux alone, and ProcessExit does
/// not come when the host is killed.
/// </summary>
internal sealed class Reaper
{
    private const string Script = """
        trap '' INT TERM HUP
        pids=
        while read -r verb value; do
          case $verb in
            watch) pids="$pids $value" ;;
            forget) kept=; for pid in $pids; do [ "$pid" = "$value" ] || kept="$kept $pid"; done; pids=$kept ;;
            remove) set -- "$@" "$value" ;;
          esac
        done
        if [ -n "$pids" ]; then kill -9 $pids; sleep 1; fi
        for directory; do rm -rf "$directory"; done
        """;

    private static readonly Lazy<Reaper> Started = new(() => new Reaper());

    private readonly Lock gate = new();
    private readonly StreamWriter orders;

    private Reaper()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        orders = Process.Start(start)!.StandardInput;
        orders.AutoFlush = true;
    }

    public static Reaper Instance => Started.Value;

    public void Watch(int processId) => Order($"watch {processId.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>To be called once the process is known to be gone, since its number may then be another's.</summary>
    public void Forget(int processId) => Order($"forget {processId.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>A new temporary directory, which is gone at the latest when the host is.</summary>
    public DirectoryInfo CreateDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("accesslog-");
        Order($"remove {directory.FullName}");
        return directory;
    }

    private void Order(string line)
    {
        lock (gate)
        {
            orders.WriteLine(line);
        }
    }
}
