namespace Kip.Tests.Conformance.ServingStatements;

/// <summary>One thing that Knative Serving does, in our words, and where it is shown that Kip does it, or said that it does not.</summary>
/// <param name="Section">The section of the reference that states it, e.g. <c>2.3</c>.</param>
/// <param name="Words">What holds, or what is asked.</param>
/// <param name="Proofs">
/// At least one of: <c>Class.Method</c>, a test; <c>case ID</c>, a conformance case that runs; <c>doc TEXT</c>, a line of
/// <c>docs/compatibility.md</c> with this text.
/// </param>
internal sealed record Statement(string Section, string Words, params string[] Proofs)
{
    public override string ToString() => $"{Section} {Words}";
}
