namespace AccessLogWebhook.Fuzz.Engine;

/// <summary>Has SharpFuzz put counters into the branches of the product, and of the YAML parser that it reads manifests with.</summary>
internal static class Instrumentation
{
    private static readonly string[] Assemblies = ["AccessLogWebhook.Policy.dll", "accesslog.dll", "YamlDotNet.dll"];

    public static void Apply(string folder)
    {
        foreach (var assembly in Assemblies)
        {
            var types = SharpFuzz.Fuzzer.Instrument(Path.Combine(folder, assembly), _ => true, SharpFuzz.Options.Value).Count();
            Console.Error.WriteLine($"{assembly}: {types} types");
        }
    }
}
