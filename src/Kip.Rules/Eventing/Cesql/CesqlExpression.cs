using System.Diagnostics.CodeAnalysis;
using Kip.CloudEvents;

namespace Kip.Rules.Eventing.Cesql;

/// <summary>A CESQL 1.0 expression, compiled once and evaluated for any number of events, by any number of threads.</summary>
public sealed class CesqlExpression
{
    /// <summary>Longer texts are refused; a filter is written by hand.</summary>
    public const int MaxLength = 64 * 1024;

    private readonly CesqlNode _root;

    private CesqlExpression(string text, CesqlNode root) => (Text, _root) = (text, root);

    /// <value>The text as it was written.</value>
    public string Text { get; }

    /// <summary>Compiles an expression, or says what is wrong and where.</summary>
    /// <param name="functions">What it may call; null means <see cref="CesqlFunctions.BuiltIn"/>.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out CesqlExpression? expression, [NotNullWhen(false)] out CesqlError? error, CesqlFunctions? functions = null)
    {
        expression = null;
        if (text.Length > MaxLength)
        {
            error = new(CesqlErrorKind.Parse, MaxLength, $"the expression is longer than {MaxLength} characters");
            return false;
        }
        var parser = new CesqlParser(text, functions ?? CesqlFunctions.BuiltIn);
        if (parser.ParseAll() is { } root) expression = new(text, root);
        error = parser.Error;
        return expression is not null;
    }

    /// <summary>Evaluates all of it: the value, and every error.</summary>
    public CesqlResult Evaluate(CloudEvent cloudEvent)
    {
        var errors = new List<CesqlError>();
        var scope = new CesqlScope(cloudEvent, errors);
        var value = _root.Evaluate(ref scope);
        return new(value.IsNone ? CesqlValue.Of(false) : value, errors);
    }

    /// <summary>Whether an event passes the expression as a filter: it yields the Boolean true, and nothing went wrong.</summary>
    /// <remarks>The first error ends the evaluation. Allocates nothing but the text that casts and functions make.</remarks>
    public bool Matches(CloudEvent cloudEvent)
    {
        var scope = new CesqlScope(cloudEvent, null);
        var value = _root.Evaluate(ref scope);
        return !scope.Stopped && value is { IsNone: false, Type: CesqlType.Boolean, AsBoolean: true };
    }

    public override string ToString() => Text;
}
