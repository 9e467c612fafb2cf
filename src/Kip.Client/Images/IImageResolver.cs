namespace Kip.Client.Images;

/// <summary>Finds out which content an image name stands for, which may take a while: a registry is asked.</summary>
public interface IImageResolver
{
    /// <summary>What is known so far. The first time a name is asked for, finding out begins; failures are tried again with growing pauses.</summary>
    /// <param name="asked">The image, and who wants to know.</param>
    /// <param name="changed">Called, on any thread, whenever the answer has changed.</param>
    ImageAnswer Ask(ImageQuestion asked, Action changed);

    /// <summary>Says that an asker needs no answers any more.</summary>
    void Forget(string asker);
}

/// <summary>Which image is asked for, by whom, with which secrets.</summary>
/// <param name="Asker">Another asker gets an answer of its own, since a tag may stand for something else by then.</param>
/// <param name="Life">Tells an asker from one of the same name that was there before.</param>
/// <param name="Image">As written.</param>
/// <param name="Namespace">Where the secrets and the service account are.</param>
/// <param name="ServiceAccount">Its pull secrets are used too.</param>
/// <param name="PullSecrets">Names of Secrets.</param>
/// <param name="Timeout">How long the registry may take each time.</param>
public sealed record ImageQuestion(
    string Asker, string Life, string Image, string Namespace, string ServiceAccount, IReadOnlyList<string> PullSecrets, TimeSpan Timeout);

/// <summary>What is known of an image name: its content, why not, or neither yet.</summary>
/// <param name="Image">The reference with its digest.</param>
/// <param name="Failure">Why it is not known, in one sentence; it is tried again.</param>
public sealed record ImageAnswer(string? Image, string? Failure)
{
    public static ImageAnswer Pending { get; } = new(null, null);

    public static ImageAnswer Found(string image) => new(image, null);

    public static ImageAnswer Failed(string why) => new(null, why);
}
