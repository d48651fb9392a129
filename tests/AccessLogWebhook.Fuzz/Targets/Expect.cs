using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Fuzz.Targets;

/// <summary>What was promised of any input, and is not so.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);

internal static class Expect
{
    public static void That(bool isSo, [InterpolatedStringHandlerArgument(nameof(isSo))] ref Otherwise message)
    {
        if (!isSo)
        {
            throw new BrokenPromiseException(message.ToString());
        }
    }

    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new BrokenPromiseException($"{what}: {expected} became {actual}");
        }
    }

    /// <summary>The message, made only where it is needed: there are millions of promises that are kept.</summary>
    [InterpolatedStringHandler]
    public ref struct Otherwise
    {
        private readonly bool isWanted;
        private DefaultInterpolatedStringHandler text;

        public Otherwise(int literalLength, int formattedCount, bool isSo, out bool isWanted)
        {
            this.isWanted = isWanted = !isSo;
            text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        public void AppendLiteral(string value) => text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

        public override string ToString() => isWanted ? text.ToStringAndClear() : "";
    }
}
