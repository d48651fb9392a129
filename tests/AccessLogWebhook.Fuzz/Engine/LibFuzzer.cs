using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AccessLogWebhook.Fuzz.Targets;

namespace AccessLogWebhook.Fuzz.Engine;

/// <summary>
/// libFuzzer in this process: it makes the inputs, and the counters that SharpFuzz's instrumentation fills tell it which of them went where none had gone before.
/// A fault does not end the run: each kind of it is kept once, with the input, and what ends the process is told by the file <c>last</c>.
/// </summary>
internal static unsafe partial class LibFuzzer
{
    private const string Library = "accesslogfuzz";
    private const int LargestKept = 4 * 1024 * 1024;

    private static readonly HashSet<string> Kinds = [];
    private static FuzzTarget target = null!;
    private static string crashes = "";
    private static byte* last;

    /// <returns>Never, on most systems: libFuzzer ends the process.</returns>
    public static int Run(FuzzTarget fuzzed, string crashFolder, IReadOnlyList<string> options)
    {
        target = fuzzed;
        crashes = crashFolder;
        UseCounters();
        using var file = MemoryMappedFile.CreateFromFile(Path.Combine(crashFolder, $"../work/{fuzzed.Name}.last"), FileMode.Create, null, LargestKept + sizeof(long));
        using var view = file.CreateViewAccessor();
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref last);

        // libFuzzer starts itself anew to merge, by this text.
        string[] arguments = [$"{Environment.ProcessPath} fuzz {fuzzed.Name} {crashFolder}", .. options];
        var pointers = stackalloc byte*[arguments.Length + 1];
        for (var index = 0; index < arguments.Length; index++)
        {
            pointers[index] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[index]);
        }

        pointers[arguments.Length] = null;
        var count = arguments.Length;
        var argv = pointers;
        return LLVMFuzzerRunDriver(&count, &argv, &Try);
    }

    /// <summary>Must come before anything that is instrumented runs: the counters are a pointer there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void UseCounters() => SharpFuzz.Common.Trace.SharedMem = accesslog_counters();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Try(byte* data, nuint size)
    {
        var input = new ReadOnlySpan<byte>(data, (int)size);
        *(long*)last = input.Length;
        input[..Math.Min(input.Length, LargestKept)].CopyTo(new Span<byte>(last + sizeof(long), LargestKept));
        SharpFuzz.Common.Trace.PrevLocation = 0;
        try
        {
            target.Try(input);
        }
#pragma warning disable CA1031 // Whatever is thrown is what is looked for.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Keep(fault, input);
        }

        return 0;
    }

    private static void Keep(Exception fault, ReadOnlySpan<byte> input)
    {
        var kind = FaultKind.Of(fault);
        if (!Kinds.Add(kind) || Kinds.Count > 100)
        {
            return;
        }

        var path = Path.Combine(crashes, $"{target.Name}-{kind}");
        File.WriteAllBytes(path, input);
        File.WriteAllText($"{path}.txt", fault.ToString());
        Console.Error.WriteLine($"{target.Name}: {path}\n{fault}");
    }

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial byte* accesslog_counters();

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial int LLVMFuzzerRunDriver(int* count, byte*** arguments, delegate* unmanaged[Cdecl]<byte*, nuint, int> callback);
}
