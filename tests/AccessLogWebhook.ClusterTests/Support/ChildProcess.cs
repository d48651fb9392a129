using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>A process that tests started: its output is kept, and it does not outlive them.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>More than any test reads; a server that logs in a loop does not fill the memory.</summary>
    private const int MostLines = 50_000;

    private readonly string name;
    private readonly Process process;
    private readonly Lock gate = new();
    private readonly Queue<string> lines = [];
    private bool disposed;

    private ChildProcess(string name, Process process)
    {
        this.name = name;
        this.process = process;
        process.OutputDataReceived += (_, received) => Keep(received.Data);
        process.ErrorDataReceived += (_, received) => Keep(received.Data);
    }

    public int Id { get; private set; }

    public bool HasExited => process.HasExited;

    /// <summary>The lines of standard output and standard error, in the order of their arrival.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (gate)
            {
                return [.. lines];
            }
        }
    }

    public static ChildProcess Start(string name, string file, params IEnumerable<string> arguments) =>
        Start(name, file, arguments, ImmutableDictionary<string, string>.Empty);

    /// <param name="environment">Variables beside those of the tests.</param>
    public static ChildProcess Start(string name, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        var child = new ChildProcess(name, new Process { StartInfo = start });
        child.process.Start();
        child.Id = child.process.Id;
        Reaper.Instance.Watch(child.Id);
        child.process.StandardInput.Close();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The end of its output, headed by its name and state: what a failure prints.</summary>
    public string Tail(int count = 30) => string.Join(
        Environment.NewLine,
        [$"--- {name} ({(process.HasExited ? $"exited with {process.ExitCode}" : "running")})", .. Lines.TakeLast(count)]);

    public async Task<int> ExitCodeAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>Asks it to end, as Kubernetes asks a container, and kills it where it has not after <paramref name="grace"/>.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan grace)
    {
        if (process.HasExited)
        {
            return true;
        }

        _ = Kill(Id, SigTerm);
        using var deadline = new CancellationTokenSource(grace, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            return false;
        }
    }

    /// <summary>Holds it where it is: its connections stay, and nobody answers on them.</summary>
    public void Pause() => _ = Kill(Id, SigStop);

    /// <summary>Has it go on after <see cref="Pause"/>.</summary>
    public void Resume() => _ = Kill(Id, SigCont);

    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await StopAsync(TimeSpan.FromSeconds(5));
        Reaper.Instance.Forget(Id);
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            lines.Enqueue(line);
            if (lines.Count > MostLines)
            {
                lines.Dequeue();
            }
        }
    }
}
