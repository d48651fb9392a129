using System.Text;
using AccessLogWebhook.Demonstration;

namespace AccessLogWebhook.Tests.Demonstration;

public sealed class YamlDifferenceTests
{
    [Fact]
    public void A_change_is_shown_with_its_parents_and_neighbours() => Assert.Equal(
        """
          metadata:
            …
            labels:
              …
              d: "4"
        -     e: "5"
        +     e: changed
        +   annotations:
        +     f: "6"
          spec:
        """,
        Between(
            """{"kind":"Pod","metadata":{"a":1,"b":2,"labels":{"a":"1","b":"2","c":"3","d":"4","e":"5"}},"spec":{"x":1,"y":2}}""",
            """{"kind":"Pod","metadata":{"a":1,"b":2,"labels":{"a":"1","b":"2","c":"3","d":"4","e":"changed"},"annotations":{"f":"6"}},"spec":{"x":1,"y":2}}"""));

    [Fact]
    public void A_single_line_is_not_left_out() => Assert.Equal(
        """
          metadata:
            name: a
            b: 2
        +   c: 3
        """,
        Between("""{"kind":"Pod","metadata":{"name":"a","b":2}}""", """{"kind":"Pod","metadata":{"name":"a","b":2,"c":3}}"""));

    [Fact]
    public void Nothing_is_shown_of_what_is_the_same() => Assert.Equal("", Between("""{"a":1}""", """{"a":1}"""));

    private static string Between(string before, string after) => string.Join('\n', YamlDifference
        .Between(Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(after))
        .Select(line => line.Sign == YamlDifference.Omission ? $"  {line.Text}…" : $"{line.Sign} {line.Text}"));
}
