namespace Kip.Conformance;

/// <summary>One published behaviour, as a check that runs against any platform through its API and its gateway.</summary>
/// <param name="Id">Area and name, e.g. <c>serving/api/blue-green</c>; unique.</param>
/// <param name="Sentence">What holds, as a sentence.</param>
/// <param name="Source">Where it is published: upstream's test, or the section of a specification.</param>
/// <param name="CheckAsync">Passes, or throws <see cref="CaseFailedException"/>; <see cref="CaseSkippedException"/> when this target cannot be asked.</param>
public sealed record ConformanceCase(string Id, string Sentence, string Source, Func<ConformanceTarget, Task> CheckAsync)
{
    /// <value>False for what the specification leaves open, as upstream's <c>--disable-optional-api</c>.</value>
    public bool Required { get; init; } = true;

    /// <value>False for what Kip does not have: such a case is always skipped.</value>
    public bool IsSupported { get; init; } = true;

    /// <value>True for a case that changes what the others rely on: nothing else runs meanwhile.</value>
    public bool Alone { get; init; }

    /// <value>True for a case that takes minutes; the platform's own tests leave it out.</value>
    public bool TakesLong { get; init; }

    /// <summary>What Id begins with: <c>serving/api</c>.</summary>
    public string Area => Id[..Id.LastIndexOf('/')];

    /// <summary>A behaviour that Kip does not have; the reason is in <c>docs/compatibility.md</c>, too.</summary>
    public static ConformanceCase NotSupported(string id, string sentence, string source, string reason) =>
        new(id, sentence, source, _ => throw new CaseSkippedException(reason)) { Required = false, IsSupported = false };

    public override string ToString() => Id;
}
