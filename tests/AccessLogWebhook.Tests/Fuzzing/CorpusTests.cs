using AccessLogWebhook.Fuzz.Engine;
using AccessLogWebhook.Fuzz.Targets;

namespace AccessLogWebhook.Tests.Fuzzing;

/// <summary>
/// The targets of <c>tests/AccessLogWebhook.Fuzz</c> without coverage: all that they begin with and all that was found before, and a fixed number of changes to it, the same in every run.
/// </summary>
public sealed class CorpusTests
{
    private const int Seed = 20261130;
    private const int Changes = 1_000;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_input_that_was_found_keeps_its_promise(string name)
    {
        var target = FuzzTargets.Named(name);
        var inputs = Corpus.Of(target).ToList();
        Assert.NotEmpty(inputs);
        Assert.All(inputs, input => target.Try(input));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Changed_inputs_keep_their_promise(string name)
    {
        var target = FuzzTargets.Named(name);
        var inputs = Corpus.Of(target).ToList();
        var mutations = new SeededMutations(Seed, inputs, [.. Words.Of(inputs), .. target.Words.Select(System.Text.Encoding.UTF8.GetBytes)]);
        for (var change = 0; change < Changes; change++)
        {
            var input = mutations.Next();
            var fault = Record.Exception(() => target.Try(input));
            Assert.True(fault is null, $"{Convert.ToBase64String(input)}\n{fault}");
        }
    }

    [Fact]
    public void Files_are_kept_of_targets_that_there_are()
    {
        Assert.Empty(Corpus.Folders().Except(FuzzTargets.Names));
    }
}
