using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>What came of reading a format: the text, or every fault of it.</summary>
/// <param name="Text">Null exactly where there are faults.</param>
public sealed record FormatReading(FormatText? Text, ImmutableArray<FormatFault> Faults);
