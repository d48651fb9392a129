using System.Text;
using System.Text.Json;
using AccessLogWebhook.Policy.Json;
using AccessLogWebhook.Policy.Workloads;
using CsCheck;

namespace AccessLogWebhook.Policy.Tests.Properties;

/// <summary>The reader reads what System.Text.Json reads, token by token, and refuses what it refuses, in its words.</summary>
public sealed class ReaderProperties
{
    private const int Cases = 20_000;

    private static readonly Gen<string> Documents = Gen.Frequency(
        (6, GeneratedObjects.Of(WorkloadKind.Pod)),
        (1, Gen.OneOf(
            "0", "-0", "-", "00", "-01", "1.", ".5", "1.5e", "1e+", "1E-07", "1e5x", "true", "tru", "truex", "nullnull", "\"\"", "\"", "\"\\\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\x\"", "\"\\ud800\"",
            "[]", "[,]", "[1,]", "[1 2]", "{}", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" : 1 , \"b\":[ ] }", "{\"a\":1]", "[1}", "{}{}", "[] ]", " ", "", "\u00a0{}", "{\"a\":\"\u007f\u00e9\"}",
            "{\"0123456789abcdef\":\"0123456789abcde\\\\\"}", "{\"0123456789abcd\\\"f\":\"0123456789abcdef0123456789abcdef\\n\"}", "[\"0123456789abcde\u0001\"]", "[1,2]\n\n", "[/**/]")));

    private static readonly Gen<(int Place, int Act, char Octet)> Damage = Gen.Select(
        Gen.Int[0, 1_000_000], Gen.Int[0, 5], Gen.OneOf([.. "{}[]:,\"\\0123456789-+.eEtfnu /\n\t\0\u001f\u007fxä"]));

    [Fact]
    public void What_it_reads_and_refuses_is_what_the_base_library_does() => Gen.Select(Documents, Damage.Array[0, 3]).Sample(
        (document, damages) => AssertSame(Encoding.UTF8.GetBytes(damages.Aggregate(document, Damaged))), iter: Cases);

    [Fact]
    public void Skip_ends_where_the_base_library_does_from_every_token() => Gen.Select(Documents, Gen.Int[0, 400]).Sample(
        (document, tokens) =>
        {
            var utf8 = Encoding.UTF8.GetBytes(document);
            var theirs = Reader(utf8);
            var ours = new StrictJsonReader(utf8, new int[StrictJsonReader.KeyBufferLength], new int[StrictJsonReader.MaxDepth + 1]);
            try
            {
                for (var token = 0; token <= tokens && theirs.Read(); token++)
                {
                    Assert.True(ours.Read());
                }

                theirs.Skip();
                if (!theirs.Read())
                {
                    return;
                }
            }
            catch (JsonException)
            {
                return;
            }

            ours.Skip();
            Assert.True(ours.Read());
            AssertSame(ref ours, ref theirs);
        },
        iter: Cases);

    private static void AssertSame(byte[] utf8)
    {
        var theirs = Reader(utf8);
        var ours = new StrictJsonReader(utf8, new int[StrictJsonReader.KeyBufferLength], new int[StrictJsonReader.MaxDepth + 1]);
        while (true)
        {
            var (more, refusal) = (false, default(string));
            try
            {
                more = theirs.Read();
            }
            catch (JsonException broken)
            {
                refusal = broken.Message;
            }

            string? answer = null;
            try
            {
                var read = ours.Read();
                if (refusal is not null)
                {
                    // A number that nothing follows is no fault yet.
                    _ = ours.Read();
                }
                else
                {
                    Assert.Equal(more, read);
                }
            }
            catch (JsonException broken)
            {
                answer = broken.Message;
            }

            if (answer is not null)
            {
                // A key is read with its colon, and a fault is said when it is met: at the same token, or at one beside it.
                refusal ??= Assert.ThrowsAny<JsonException>(() => ReadAll(utf8)).Message;
                Assert.Equal(refusal, answer);
                return;
            }

            Assert.Null(refusal);
            if (!more)
            {
                return;
            }

            AssertSame(ref ours, ref theirs);
        }
    }

    private static void AssertSame(ref StrictJsonReader ours, ref Utf8JsonReader theirs)
    {
        Assert.Equal(theirs.TokenType, ours.TokenType);
        Assert.Equal(theirs.TokenStartIndex, ours.TokenStart);
        Assert.Equal(theirs.BytesConsumed, ours.Consumed);
        Assert.Equal(theirs.CurrentDepth, ours.Depth);
        if (theirs.TokenType is (JsonTokenType.PropertyName or JsonTokenType.String) && !HasHalfSurrogatePair(ref theirs))
        {
            var text = theirs.GetString()!;
            Assert.Equal(text, ours.GetString());
            Assert.Equal(text, ours.GetRecurringString());
            Assert.True(ours.Is(Encoding.UTF8.GetBytes(text)));
            Assert.False(ours.Is(Encoding.UTF8.GetBytes(text + "x")));
        }
    }

    private static bool HasHalfSurrogatePair(ref Utf8JsonReader json)
    {
        try
        {
            _ = json.GetString();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static void ReadAll(byte[] utf8)
    {
        var json = Reader(utf8);
        while (json.Read())
        {
        }
    }

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> utf8) => new(utf8, new JsonReaderOptions { MaxDepth = StrictJsonReader.MaxDepth });

    private static string Damaged(string document, (int Place, int Act, char Octet) damage)
    {
        var at = document.Length == 0 ? 0 : damage.Place % document.Length;
        return damage.Act switch
        {
            0 => document.Insert(at, damage.Octet.ToString()),
            1 when at < document.Length => document.Remove(at, 1),
            2 when at < document.Length => document.Remove(at, 1).Insert(at, damage.Octet.ToString()),
            3 => document[..at],
            _ => document,
        };
    }
}
