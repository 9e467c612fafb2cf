namespace Kip.Runtime.Recovery;

/// <summary>Ends what pods' processes have left outside their process groups: programs that made themselves daemons.</summary>
/// <remarks>One look at the machine's processes serves all pods that end at about the same time.</remarks>
internal sealed class LeftoverSweep
{
    private readonly Lock _lock = new();
    private List<(string PodUid, TaskCompletionSource<int> Ended)> _waiting = [];
    private bool _sweeping;

    /// <summary>Completes when nothing of the pod is left, with how many processes had to be ended.</summary>
    /// <exception cref="IOException">Some do not end.</exception>
    public Task<int> EndAsync(string podUid)
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((podUid, ended));
            if (_sweeping) return ended.Task;
            _sweeping = true;
        }
        _ = SweepAsync();
        return ended.Task;
    }

    private async Task SweepAsync()
    {
        // Off the caller's path; those who come in the meantime are in the next look.
        await Task.Yield();
        while (true)
        {
            List<(string PodUid, TaskCompletionSource<int> Ended)> batch;
            lock (_lock)
            {
                (batch, _waiting) = (_waiting, []);
                _sweeping = batch.Count > 0;
            }
            if (batch.Count == 0) return;
            var found = Find(batch.Select(static w => w.PodUid).ToHashSet(StringComparer.Ordinal));
            foreach (var (uid, ended) in batch) Finish(ended, found.GetValueOrDefault(uid) ?? []);
        }
    }

    private static void Finish(TaskCompletionSource<int> ended, List<int> pids)
    {
        if (pids.Count == 0)
        {
            ended.TrySetResult(0);
            return;
        }
        try
        {
            var uid = ProcessTable.Variable(pids[0], ProcessMarks.PodVariable);
            // One that it started since the look carries the same mark.
            ended.TrySetResult(ProcessTable.EndAll(() => uid is null
                ? pids.Where(static pid => ProcessTable.Read(pid) is not null)
                : ProcessTable.Pids().Where(pid => ProcessTable.Variable(pid, ProcessMarks.PodVariable) == uid && ProcessTable.Read(pid) is not null)));
        }
        catch (IOException e)
        {
            ended.TrySetException(e);
        }
    }

    private static Dictionary<string, List<int>> Find(HashSet<string> uids)
    {
        var found = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var pid in ProcessTable.Pids())
        {
            if (ProcessTable.Variable(pid, ProcessMarks.PodVariable) is not { } uid || !uids.Contains(uid)) continue;
            if (!found.TryGetValue(uid, out var pids)) found[uid] = pids = [];
            pids.Add(pid);
        }
        return found;
    }
}
