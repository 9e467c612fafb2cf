using System.Text;

namespace Kip.Rules.Admission;

/// <summary>Gathers what is wrong with an object while it is walked through, with the path to each field.</summary>
/// <remarks>The words are Knative's (knative.dev/pkg/apis FieldError), for people and programs know them.</remarks>
public sealed class FieldErrors
{
    private const string Required = "FieldValueRequired";
    private const string NotValid = "FieldValueInvalid";
    private const string NotAllowed = "FieldValueForbidden";
    private const string MissingFields = "missing field(s)";

    private readonly List<FieldError> _errors = [];
    private readonly List<(string Name, int Index)> _path = [];

    public IReadOnlyList<FieldError> Found => _errors;

    public bool IsEmpty => _errors.Count == 0;

    /// <summary>Goes down into a field; disposing comes back up.</summary>
    public Scope In(string field) => Push((field, -1));

    /// <summary>Goes down into an element of a list: <c>containers[0]</c>.</summary>
    public Scope In(string field, int index) => Push((field, index));

    public void Missing(params ReadOnlySpan<string> fields) => Add(Required, MissingFields, fields);

    /// <summary>Fields of which one or all must be there, with what for.</summary>
    public void MissingBecause(string details, params ReadOnlySpan<string> fields) => Add(Required, MissingFields, fields, details);

    public void Invalid(object? value, string field, string? details = null) => Add(NotValid, $"invalid value: {Text(value)}", [field], details);

    /// <summary>A key that may not be in the map that the field is.</summary>
    public void InvalidKey(string key, string field, string? details = null) => Add(NotValid, $"invalid key name \"{key}\"", [field], details);

    public void Disallowed(params ReadOnlySpan<string> fields) => Add(NotAllowed, "must not set the field(s)", fields);

    public void OutOfBounds(object value, object min, object max, string field) =>
        Add(NotValid, $"expected {min} <= {value} <= {max}", [field]);

    public void GotNeither(params ReadOnlySpan<string> fields) => Add(Required, "expected exactly one, got neither", fields);

    public void GotBoth(params ReadOnlySpan<string> fields) => Add(NotValid, "expected exactly one, got both", fields);

    /// <summary>Anything else, in its own words.</summary>
    public void Say(string message, params ReadOnlySpan<string> fields) => Add(NotValid, message, fields);

    /// <summary>Anything else, with more about it than its first words.</summary>
    public void Explain(string message, string field, string details) => Add(NotValid, message, [field], details);

    /// <summary>The same about several fields at once.</summary>
    public void Explain(string message, ReadOnlySpan<string> fields, string details) => Add(NotValid, message, fields, details);

    /// <summary>Kubernetes' words for a field that must be set.</summary>
    public void RequiredValue(string field, string? details = null) =>
        Add(Required, details is null ? "Required value" : $"Required value: {details}", [field]);

    /// <summary>Kubernetes' words for a value that is not right.</summary>
    public void InvalidValue(object? value, string field, string details) =>
        Add(NotValid, value is string text ? $"Invalid value: \"{text}\": {details}" : $"Invalid value: {value}: {details}", [field]);

    /// <summary>Kubernetes' words for a value that is not among the possible ones.</summary>
    public void UnsupportedValue(string value, string field, params ReadOnlySpan<string> supported) =>
        Add("FieldValueNotSupported", $"Unsupported value: \"{value}\": supported values: \"{string.Join("\", \"", supported.ToArray())}\"",
            [field]);

    /// <summary>Kubernetes' words for something that may not be done.</summary>
    public void Forbidden(string field, string details) => Add(NotAllowed, $"Forbidden: {details}", [field]);

    /// <summary>Takes over errors found elsewhere, their paths put under the present one.</summary>
    public void AddRange(IEnumerable<FieldError> errors)
    {
        foreach (var error in errors) _errors.Add(error with { Field = string.Join(", ", error.Fields.Select(PathOf)) });
    }

    private Scope Push((string, int) step)
    {
        _path.Add(step);
        return new Scope(this);
    }

    // As Go prints it.
    private static object? Text(object? value) => value switch { true => "true", false => "false", _ => value };

    private void Add(string reason, string message, ReadOnlySpan<string> fields, string? details = null)
    {
        var paths = new string[fields.Length];
        for (var i = 0; i < paths.Length; i++) paths[i] = PathOf(fields[i]);
        _errors.Add(new FieldError(string.Join(", ", paths), reason, message, details));
    }

    private string PathOf(string field)
    {
        var path = new StringBuilder();
        foreach (var (name, index) in _path)
        {
            if (path.Length > 0) path.Append('.');
            path.Append(name);
            if (index >= 0) path.Append('[').Append(index).Append(']');
        }
        if (path.Length > 0 && field.Length > 0 && field[0] != '[') path.Append('.');
        return path.Append(field).ToString();
    }

    /// <summary>One step down the path.</summary>
    public readonly ref struct Scope(FieldErrors errors)
    {
        public void Dispose() => errors._path.RemoveAt(errors._path.Count - 1);
    }
}
