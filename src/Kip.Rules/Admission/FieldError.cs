namespace Kip.Rules.Admission;

/// <summary>What is wrong with one field of an object, in the words Knative and Kubernetes use.</summary>
/// <param name="Field">The path, e.g. <c>spec.template.spec.containers[0].image</c>.</param>
/// <param name="Reason">A Kubernetes cause: <c>FieldValueRequired</c>, <c>FieldValueInvalid</c>, <c>FieldValueForbidden</c>…</param>
/// <param name="Message">What is wrong with it and, where known, what it should be.</param>
public sealed record FieldError(string Field, string Reason, string Message);
