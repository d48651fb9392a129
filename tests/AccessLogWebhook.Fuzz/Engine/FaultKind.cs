using System.Diagnostics;
using System.Globalization;

namespace AccessLogWebhook.Fuzz.Engine;

/// <summary>Which faults are the same one: of the same type, from the same place.</summary>
internal static class FaultKind
{
    private const int Frames = 6;

    public static string Of(Exception fault)
    {
        var root = fault;
        while (root.InnerException is { } inner)
        {
            root = inner;
        }

        var hash = 14695981039346656037;
        var places = new StackTrace(root).GetFrames().Take(Frames).Select(frame => frame.GetMethod()?.Name ?? "");
        foreach (var character in $"{root.GetType().Name} {string.Join(' ', places)}")
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{root.GetType().Name}-{hash:x16}");
    }
}
