using System.Threading.RateLimiting;
using Kip.Client;
using Kip.Client.Images;
using Kip.Images.Manifests;
using Kip.Images.Pulling;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Resources.Core;

namespace Kip.Images.Digests;

/// <summary>
/// Finds which content the images of Revisions stand for, as Knative does: asynchronously, a bounded number at once, again with growing pauses.
/// </summary>
/// <remarks>What is in Kip's own registry or was loaded from a file is known at once; everything else is asked of its registry.</remarks>
public sealed class DigestResolver : IImageResolver, IDisposable
{
    private const int Workers = 100;
    private const int MaxAskers = 10_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1000);

    private readonly LocalImages _images;
    private readonly ImagePuller _puller;
    private readonly OwnRegistry _own;
    private readonly IResources _resources;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _workers = new(Workers);
    private readonly TokenBucketRateLimiter _rate = new(
        new() { TokenLimit = 100, TokensPerPeriod = 10, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = MaxAskers, AutoReplenishment = true });
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, Question>> _questions = new(StringComparer.Ordinal);

    public DigestResolver(LocalImages images, ImagePuller puller, OwnRegistry own, IResources resources, TimeProvider time) =>
        (_images, _puller, _own, _resources, _time) = (images, puller, own, resources, time);

    /// <inheritdoc/>
    public ImageAnswer Ask(ImageQuestion asked, Action changed)
    {
        if (!ImageReference.TryParse(asked.Image, out var reference)) return ImageAnswer.Failed("it is not an image reference");
        reference = _own.Canonical(reference);
        if (Local(reference) is { } here) return here;
        lock (_lock)
        {
            if (_questions.TryGetValue(asked.Asker, out var known) && known.TryGetValue(asked.Image, out var present))
            {
                if (present.Life == asked.Life) return present.Answer;
                present.Dispose();
                known.Remove(asked.Image);
            }
            if (known is null && _questions.Count >= MaxAskers)
                return ImageAnswer.Failed($"the images of {MaxAskers} others are being resolved, which is as many as allowed");
            var question = new Question(asked.Life);
            (_questions[asked.Asker] = known ?? new(StringComparer.Ordinal))[asked.Image] = question;
            _ = WorkAsync(asked, reference, question, changed);
            return question.Answer;
        }
    }

    /// <inheritdoc/>
    public void Forget(string asker)
    {
        lock (_lock)
        {
            if (!_questions.Remove(asker, out var questions)) return;
            foreach (var question in questions.Values) question.Dispose();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        lock (_lock)
            foreach (var question in _questions.Values.SelectMany(static q => q.Values)) question.Dispose();
        _rate.Dispose();
    }

    // Null when its registry must be asked.
    private ImageAnswer? Local(ImageReference reference)
    {
        var here = reference.Digest is null ? _images.Find(reference) : null;
        if (reference.Registry == ImageReference.OwnRegistry)
            return here is null
                ? ImageAnswer.Failed($"Kip's own registry has no {reference}; push it there, or load it with: kip image load FILE --name {reference}")
                : ImageAnswer.Found(reference.At(here.Digest).ToString());
        return here is { Origin: TagOrigin.Loaded } ? ImageAnswer.Found(reference.At(here.Digest).ToString()) : null;
    }

    private async Task WorkAsync(ImageQuestion asked, ImageReference reference, Question question, Action changed)
    {
        // Whoever asks is in the middle of planning; the work must not begin on its thread.
        await Task.Yield();
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                question.Answer = await TryAsync(asked, reference, question.Stop.Token);
                changed();
                if (question.Answer.Image is not null) return;
                await Task.Delay(pause, _time, question.Stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Forgotten, or the platform stops.
        }
    }

    private async Task<ImageAnswer> TryAsync(ImageQuestion asked, ImageReference reference, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
        using var turn = await _rate.AcquireAsync(1, either.Token);
        await _workers.WaitAsync(either.Token);
        using var deadline = new CancellationTokenSource(asked.Timeout, _time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(either.Token, deadline.Token);
        try
        {
            var digest = await _puller.ResolveAsync(reference, await SecretsAsync(asked, all.Token), all.Token);
            return ImageAnswer.Found(reference.At(digest).ToString());
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !either.IsCancellationRequested)
        {
            return ImageAnswer.Failed($"{reference.Registry} did not answer within {asked.Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception failure) when (failure is ImageException or ManifestException or ApiException or FormatException or IOException)
        {
            return ImageAnswer.Failed(failure.Message);
        }
        finally
        {
            _workers.Release();
        }
    }

    // Those that the Revision names, and those of its ServiceAccount.
    private async Task<IReadOnlyList<Secret>> SecretsAsync(ImageQuestion asked, CancellationToken cancel)
    {
        var account = await _resources.GetAsync<ServiceAccount>(new(asked.Namespace, asked.ServiceAccount), cancel);
        var found = new List<Secret>();
        foreach (var name in asked.PullSecrets.Concat(
            (account?.ImagePullSecrets ?? default).Select(static s => s.Name).OfType<string>()).Distinct(StringComparer.Ordinal))
            if (await _resources.GetAsync<Secret>(new(asked.Namespace, name), cancel) is { } secret) found.Add(secret);
        return found;
    }

    private sealed class Question(string life) : IDisposable
    {
        public string Life { get; } = life;

        public CancellationTokenSource Stop { get; } = new();

        public volatile ImageAnswer Answer = ImageAnswer.Pending;

        public void Dispose() => Stop.Cancel();
    }
}
