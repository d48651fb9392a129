using AccessLogWebhook.Fuzz.Engine;
using AccessLogWebhook.Fuzz.Targets;

switch (args)
{
    case ["list"]:
        Console.WriteLine(string.Join('\n', FuzzTargets.Names));
        return 0;
    case ["instrument", var folder]:
        Instrumentation.Apply(folder);
        return 0;
    case ["seed", var name, var folder]:
        LibFuzzer.UseCounters();
        Corpus.WriteSeeds(FuzzTargets.Named(name), folder);
        return 0;
    case ["dictionary", var name]:
        LibFuzzer.UseCounters();
        var target = FuzzTargets.Named(name);
        Console.Write(Words.Dictionary(target, Corpus.Of(target)));
        return 0;
    case ["fuzz", var name, var crashes, .. var options]:
        LibFuzzer.UseCounters();
        return LibFuzzer.Run(FuzzTargets.Named(name), crashes, options);
    case ["try", var name, .. var files]:
        foreach (var file in files)
        {
            FuzzTargets.Named(name).Try(File.ReadAllBytes(file));
        }

        return 0;
    default:
        Console.Error.WriteLine("Use ./run TARGET, or: list | try TARGET FILE… (without counters)");
        return 2;
}
