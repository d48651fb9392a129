namespace AccessLogWebhook.Policy.Linting.Protos;

/// <summary>Words for writing the tables of messages down.</summary>
internal static class ProtoBuilding
{
    public static ProtoField Text(string name) => new(name, ProtoKind.Text);

    public static ProtoField Flag(string name) => new(name, ProtoKind.Flag);

    public static ProtoField Number(string name) => new(name, ProtoKind.Number);

    public static ProtoField Choice(string name, params string[] values) => new(name, ProtoKind.Choice) { Values = [.. values] };

    public static ProtoField Message(string name, string type) => new(name, ProtoKind.Message) { MessageType = type };

    public static ProtoField Any(string name) => new(name, ProtoKind.Any);

    public static ProtoField Unchecked(string name) => new(name, ProtoKind.Unchecked);

    public static IEnumerable<ProtoField> AllUnchecked(string names) => names.Split(' ').Select(Unchecked);
}
