using AccessLogWebhook.Policy.Json;

namespace AccessLogWebhook.Policy.Formats;

/// <summary>
/// The path to where a walk through a value is. It is only spelt where there is something to say: a path for each of a hundred thousand
/// members would cost more than reading them.
/// </summary>
internal sealed class MemberPath(string root)
{
    private readonly Stack<(string? Name, int Index)> steps = [];

    public int Depth => steps.Count;

    public void Enter(string name) => steps.Push((name, 0));

    public void Enter(int index) => steps.Push((null, index));

    public void Leave() => steps.Pop();

    /// <summary><c>root.name[0]</c>; a name that is no plain word stands in brackets, too.</summary>
    public override string ToString() => string.Concat(steps.Reverse().Select(Spell).Prepend(root));

    public static string Spell(string name) =>
        name.Length is > 0 and <= 80 && name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? $".{name}"
            : $"[{Excerpt.Of(name)}]";

    private static string Spell((string? Name, int Index) step) => step.Name is { } name ? Spell(name) : $"[{step.Index}]";
}
