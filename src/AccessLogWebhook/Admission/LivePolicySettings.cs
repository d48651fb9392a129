using AccessLogWebhook.Policy.Decisions;

namespace AccessLogWebhook.Admission;

/// <summary>The settings in force. Replaced whole when the configuration file changes; a request takes them once.</summary>
internal sealed class LivePolicySettings(PolicySettings initial)
{
    private volatile PolicySettings current = initial;

    public PolicySettings Current
    {
        get => current;
        set => current = value;
    }
}
