using AccessLogWebhook.Policy.Mesh;

namespace AccessLogWebhook.Policy.Logging;

/// <summary>
/// What patches make of the loggers that a listener, or the filter that logs, has. Of a network filter, all other operations come before any MERGE, whatever their order
/// (<c>listener_patch.go patchNetworkFilters</c>, then <c>patchNetworkFilter</c>); of a listener they come in their order (<c>patchListener</c>). A filter that one of them gives
/// another name is not met by those that come after it.
/// </summary>
internal sealed class PatchedLoggers(LogDirection direction, LogProtocol protocol, bool isWaypoint, List<ActiveLogger> loggers)
{
    private readonly List<SilencedLogger> silenced = [];
    private readonly List<LoggingDoubt> doubts = [];
    private LoggerOrigin? removedBy;
    private LoggerOrigin? renamedBy;
    private string perhapsRenamed = "";

    public IEnumerable<LoggingDoubt> Doubts => doubts;

    public LoggedEvents Events => new(direction, protocol, [.. loggers], [.. silenced]);

    public void Apply(IReadOnlyList<(ObjectKey Key, LogPatch Patch)> patches)
    {
        var own = patches.Where(each => each.Patch.Protocol == protocol && each.Patch.Scope.Reach(direction, isWaypoint) != LogReach.None).ToList();
        foreach (var (key, patch) in own.Where(each => protocol == LogProtocol.Listener || each.Patch.Action != LogPatchAction.Append))
        {
            Apply(key, patch);
        }

        foreach (var (key, patch) in own.Where(each => protocol != LogProtocol.Listener && each.Patch.Action == LogPatchAction.Append))
        {
            Apply(key, patch);
        }

        foreach (var (key, patch) in patches.Where(each => each.Patch.Action == LogPatchAction.Break && each.Patch.Scope.Reach(direction, isWaypoint) != LogReach.None))
        {
            // Whoever's patches they are, of whatever protocol: those of the whole set of listeners are given up.
            var problem = $"EnvoyFilter {key}, spec.configPatches[{patch.Index}], {patch.Note}.";
            var isCertain = patch.Scope.Condition.Length == 0 && patch.Scope.Reach(direction, isWaypoint) == LogReach.Whole;
            doubts.Add(new LoggingDoubt(key, problem, isCertain ? new LoggerOrigin.Patch(key, patch.Index) : null));
            Doubt(logger => logger.Origin is LoggerOrigin.Patch, problem);
        }
    }

    private void Apply(ObjectKey key, LogPatch patch)
    {
        var origin = new LoggerOrigin.Patch(key, patch.Index);
        var isWhole = patch.Scope.Reach(direction, isWaypoint) == LogReach.Whole;
        var condition = patch.Scope.Condition.Length == 0 ? "" : $"{origin.Title} is for {patch.Scope.Condition}, and which version this proxy has is not known.";
        if (condition.Length > 0 && patch.Action != LogPatchAction.None)
        {
            doubts.Add(new LoggingDoubt(key, condition));
        }

        if (Unmet(patch.Action) is { } unmet)
        {
            silenced.AddRange(patch.Loggers.Select(content => new SilencedLogger(new ActiveLogger(origin, content), unmet) { IsByName = removedBy is null }));
            return;
        }

        switch (patch.Action)
        {
            case LogPatchAction.Append:
                Add(origin, patch, condition.Length > 0 ? condition : perhapsRenamed);
                break;
            case LogPatchAction.Remove or LogPatchAction.Replace or LogPatchAction.ReplaceList:
                if (isWhole && condition.Length == 0)
                {
                    silenced.AddRange(loggers.Select(logger => new SilencedLogger(logger, origin)));
                    loggers.Clear();
                    removedBy = patch.Action == LogPatchAction.Remove ? origin : null;
                }
                else
                {
                    var what = patch.Action == LogPatchAction.Remove ? "takes away" : "replaces";
                    Doubt(_ => true, condition.Length > 0 ? condition : $"{origin.Title} {what} what logs on some of the listeners ({patch.Scope.Where}).", isPart: condition.Length == 0);
                }

                Add(origin, patch, condition);
                break;
            case LogPatchAction.Insert when removedBy is not null:
                removedBy = null;
                Add(origin, patch, condition);
                break;
            case LogPatchAction.Insert when !patch.Loggers.IsEmpty:
                doubts.Add(new LoggingDoubt(key, $"{origin.Title} puts in a second filter of its kind, and Envoy rejects a chain with two."));
                break;
            case LogPatchAction.MayAdd:
                doubts.Add(new LoggingDoubt(key, $"{origin.Title} {patch.Note}."));
                break;
            case LogPatchAction.MayChange:
                var problem = $"{origin.Title} {patch.Note}.";
                doubts.Add(new LoggingDoubt(key, problem));
                Doubt(_ => true, problem);
                break;
        }

        if (patch.Renames)
        {
            Rename(origin, isWhole, condition);
        }
    }

    /// <summary>What has taken away the filter, or its name, that a patch is for; null where it is there.</summary>
    private LoggerOrigin? Unmet(LogPatchAction action) => protocol == LogProtocol.Listener ? null : action switch
    {
        LogPatchAction.Append or LogPatchAction.Replace => removedBy ?? renamedBy,
        LogPatchAction.Remove => removedBy is null ? renamedBy : null,
        _ => null,
    };

    private void Rename(LoggerOrigin.Patch origin, bool isWhole, string condition)
    {
        if (isWhole && condition.Length == 0)
        {
            renamedBy = origin;
        }
        else if (perhapsRenamed.Length == 0)
        {
            perhapsRenamed = condition.Length > 0 ? condition : $"{origin.Title} gives the filter another name on some of the listeners, and later patches do not match it there.";
        }
    }

    private void Add(LoggerOrigin origin, LogPatch patch, string condition) =>
        loggers.AddRange(patch.Loggers.Select(content => new ActiveLogger(origin, content, WhereOf(patch), condition)));

    private string WhereOf(LogPatch patch) => patch.Scope.Reach(direction, isWaypoint) == LogReach.Whole ? "" : patch.Scope.Where;

    private void Doubt(Func<ActiveLogger, bool> which, string problem, bool isPart = false)
    {
        for (var index = 0; index < loggers.Count; index++)
        {
            if (which(loggers[index]) && loggers[index].IsCertain)
            {
                // Where only some of the listeners lose it, it is still there on the others.
                loggers[index] = isPart ? loggers[index] with { Where = ActiveLogger.NotEverywhere } : loggers[index] with { Doubt = problem };
            }
        }
    }
}
