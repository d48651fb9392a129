using AccessLogWebhook.Policy.Decisions;
using AccessLogWebhook.Policy.Profiles;
using AccessLogWebhook.Policy.Tests.Support;
using CsCheck;
using static AccessLogWebhook.Policy.Tests.Support.Objects;

namespace AccessLogWebhook.Policy.Tests.Decisions;

/// <summary>How messages become warnings, seen on the one whose end is free text: the fault of a profile.</summary>
public sealed class SentencesTests
{
    private static readonly string Start = Warnings("x.").Single()[..^" Correct spec: x.".Length];

    [Fact]
    public void A_message_that_fits_is_one_warning_whatever_sentences_it_has()
    {
        var filler = new string('x', 120 - Start.Length - " Correct spec: a. B.".Length);

        Assert.Equal([$"{Start} Correct spec: a{filler}. B."], Warnings($"a{filler}. B."));
        Assert.Equal(120, Warnings($"a{filler}. B.")[0].Length);
    }

    [Fact]
    public void One_character_more_and_it_is_split_after_the_last_sentence_that_fits()
    {
        var filler = new string('x', 120 - Start.Length - " Correct spec: a. B.".Length + 1);

        Assert.Equal([$"{Start} Correct spec: a{filler}.", "B."], Warnings($"a{filler}. B."));
    }

    [Fact]
    public void A_full_stop_inside_a_name_or_before_a_small_letter_ends_no_sentence()
    {
        var tail = $"see example.org. and v1.2.Then x.Y 1. {new string('x', 120)}.";

        Assert.Equal([Start, $"Correct spec: {tail}"], Warnings(tail));
    }

    [Fact]
    public void A_sentence_that_is_too_long_is_not_cut()
    {
        var @long = $"A{new string('x', 300)}.";

        Assert.Equal([$"{Start} Correct spec: a.", @long, "And b."], Warnings($"a. {@long} And b."));
    }

    [Fact]
    public void Nothing_is_lost_and_what_exceeds_the_advised_length_is_a_single_sentence()
    {
        var word = Gen.OneOf("a", "Namespace", "x.y", "istio.io/rev=a", "e.g", "\"json\"", new string('w', 70), "Ü", "1");
        // Numbered, since what is said twice is said once.
        var text = word.Array[1, 8].Array[1, 8].Select(sentences => string.Join(' ', sentences.Select((words, index) => $"S{index} {string.Join(' ', words)}.")));

        text.Sample(
            text =>
            {
                var warnings = Warnings(text);
                Assert.Equal($"{Start} Correct spec: {text}", string.Join(' ', warnings));
                Assert.All(warnings, warning => Assert.True(warning.Length <= 120 || !HasInnerEnd(warning), warning));
            },
            iter: 5_000);
    }

    [Fact]
    public void What_is_said_twice_is_said_once() => Assert.Single(
        Scene.Injected.Asking(Mode.Enforce).Asking(Mode.Warn).Update(Pod(), Pod([("a", "b")])).Warnings,
        warning => warning.StartsWith("Pod shop/api carries no access-log profile.", StringComparison.Ordinal) && warning.Length < 50);

    private static bool HasInnerEnd(string warning) =>
        Enumerable.Range(0, warning.Length - 2).Any(index => warning[index] == '.' && warning[index + 1] == ' ' && char.IsAsciiLetterUpper(warning[index + 2]));

    private static string[] Warnings(string fault)
    {
        var scene = Scene.Bare.With(new AccessLogProfile("j") { Errors = [new("spec", fault)] }).Asking(Mode.Inject, "j");
        var decision = scene.Mutate(Pod());
        Assert.EndsWith(fault, decision.Message, StringComparison.Ordinal);
        return [.. decision.Warnings];
    }
}
