namespace AccessLogWebhook.Policy.Profiles;

/// <summary>
/// A share as Envoy counts it (<c>envoy/type/v3/percent.proto</c>, FractionalPercent): so many of a hundred, ten thousand or a million. Nothing is
/// rounded: a percentage with more decimals than that has no rate.
/// </summary>
public readonly record struct SampleRate
{
    private SampleRate(uint numerator, uint denominator) => (Numerator, Denominator) = (numerator, denominator);

    public uint Numerator { get; }

    /// <summary>100, 10 000 or 1 000 000, the least that will do.</summary>
    public uint Denominator { get; }

    /// <summary>The rate of a percentage from 0 to 100; null where it has more than four decimals.</summary>
    public static SampleRate? OfPercent(decimal percent)
    {
        foreach (var denominator in (ReadOnlySpan<uint>)[100, 10_000, 1_000_000])
        {
            var numerator = percent * denominator / 100;
            if (decimal.IsInteger(numerator))
            {
                return new SampleRate((uint)numerator, denominator);
            }
        }

        return null;
    }
}
