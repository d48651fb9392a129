using System.Runtime.CompilerServices;

namespace AccessLogWebhook.Tests.Rendering;

/// <summary>The definitions of <c>messages.txt</c>.</summary>
internal sealed class MessageTable
{
    private readonly Dictionary<string, Message> messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> enums = new(StringComparer.Ordinal);

    private MessageTable()
    {
    }

    public static MessageTable Shared { get; } = Read(File.ReadLines(Path.Combine(Path.GetDirectoryName(ThisFile())!, "messages.txt")));

    public Message? MessageNamed(string name) => messages.GetValueOrDefault(name);

    public IReadOnlySet<string>? EnumNamed(string name) => enums.GetValueOrDefault(name);

    public static MessageTable Read(IEnumerable<string> lines)
    {
        var table = new MessageTable();
        Message? message = null;
        HashSet<string>? values = null;
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "message" when line[0] != ' ':
                    table.messages.Add(words[1], message = new Message(words[1], words[2], [], []));
                    break;
                case "enum" when line[0] != ' ':
                    table.enums.Add(words[1], values = new HashSet<string>(StringComparer.Ordinal));
                    message = null;
                    break;
                case "requires":
                    message!.Requires.Add(words[1]);
                    break;
                default:
                    if (message is not null)
                    {
                        message.Fields.Add(FieldOf(words));
                    }
                    else
                    {
                        values!.UnionWith(words);
                    }

                    break;
            }
        }

        return table;
    }

    private static Field FieldOf(string[] words)
    {
        string? Mark(string name) => words.Skip(2).FirstOrDefault(word => word.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
        return new Field(words[0], words[1])
        {
            Repeated = words.Contains("repeated"),
            Required = words.Contains("required"),
            Deprecated = words.Contains("deprecated"),
            Group = Mark("oneof"),
            Least = int.Parse(Mark("min") ?? "0", System.Globalization.CultureInfo.InvariantCulture),
            Allowed = Mark("in")?.Split('|'),
        };
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    internal sealed record Message(string Name, string Source, List<Field> Fields, List<string> Requires)
    {
        /// <summary>Protobuf's JSON takes a field by its name and by its name in camel case.</summary>
        public Field? FieldNamed(string name) => Fields.Find(field => field.Name == name || field.JsonName == name);
    }

    internal sealed record Field(string Name, string Type)
    {
        public bool Repeated { get; init; }

        public bool Required { get; init; }

        public bool Deprecated { get; init; }

        public string? Group { get; init; }

        public int Least { get; init; }

        public string[]? Allowed { get; init; }

        public string JsonName { get; } = string.Concat(Name.Split('_').Select((word, index) => index == 0 ? word : $"{char.ToUpperInvariant(word[0])}{word[1..]}"));
    }
}
