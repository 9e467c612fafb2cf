namespace Kip.Rules.Admission;

/// <summary>What is wrong with one field of an object, in the words Knative and Kubernetes use.</summary>
/// <param name="Field">The path, e.g. <c>spec.template.spec.containers[0].image</c>; several are joined by a comma and a space.</param>
/// <param name="Reason">A Kubernetes cause: <c>FieldValueRequired</c>, <c>FieldValueInvalid</c>, <c>FieldValueForbidden</c>…</param>
/// <param name="Message">What is wrong with it and, where known, what it should be.</param>
/// <param name="Details">More about it; Knative's webhooks put it on a line of its own behind the path.</param>
public sealed record FieldError(string Field, string Reason, string Message, string? Details = null)
{
    /// <summary>Message and details, for where there is one line only.</summary>
    public string Sentence => Details is null ? Message : $"{Message}: {Details}";

    /// <summary>The paths, where it is about several fields at once.</summary>
    public IEnumerable<string> Fields
    {
        get
        {
            var (begin, depth) = (0, 0);
            for (var i = 0; i < Field.Length; i++)
            {
                // Knative has one name that is a list itself: [apiVersion, kind, name].
                depth += Field[i] switch { '[' => 1, ']' => -1, _ => 0 };
                if (depth > 0 || Field[i] != ',') continue;
                yield return Field[begin..i];
                begin = i + 2;
            }
            yield return Field[begin..];
        }
    }
}
