namespace AccessLogWebhook.ClusterTests.Support;

/// <summary>What a command said and how it ended.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The output of a command that must have succeeded.</summary>
    public string Successful()
    {
        Assert.True(ExitCode == 0, $"The command exited with {ExitCode}:{Environment.NewLine}{Error}{Output}");
        return Output;
    }
}
