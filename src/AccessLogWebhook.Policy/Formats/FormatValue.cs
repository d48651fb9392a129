using System.Collections.Immutable;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>A value of a JSON format.</summary>
public abstract record FormatValue
{
    private FormatValue()
    {
    }

    /// <summary>A string with operators; one that is an operator and nothing else keeps that operator's type (<see cref="CommandOperator.Json"/>).</summary>
    public sealed record Text(FormatText Format) : FormatValue;

    /// <summary>A number, in the spelling that it was written in.</summary>
    public sealed record Number(string Spelling) : FormatValue;

    public sealed record Flag(bool Value) : FormatValue;

    public sealed record Null : FormatValue;

    /// <param name="Members">In the order of writing; Envoy logs them in the order of their names.</param>
    public sealed record Object(ImmutableArray<FormatMember> Members) : FormatValue
    {
        public bool Equals(Object? other) => other is not null && Members.SequenceEqual(other.Members);

        public override int GetHashCode() => Members.Aggregate(0, HashCode.Combine);
    }

    public sealed record List(ImmutableArray<FormatValue> Items) : FormatValue
    {
        public bool Equals(List? other) => other is not null && Items.SequenceEqual(other.Items);

        public override int GetHashCode() => Items.Aggregate(1, HashCode.Combine);
    }
}

/// <summary>A name and its value in <see cref="FormatValue.Object"/>, where no two have the same name.</summary>
public sealed record FormatMember(string Name, FormatValue Value);
