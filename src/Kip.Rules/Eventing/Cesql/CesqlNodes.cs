using Kip.CloudEvents;

namespace Kip.Rules.Eventing.Cesql;

/// <summary>A value written in the expression.</summary>
internal sealed class LiteralNode(int position, CesqlValue value) : CesqlNode(position)
{
    internal override CesqlType? Type => value.Type;

    internal override CesqlValue Evaluate(ref CesqlScope scope) => value;
}

/// <summary>An attribute of the event. Booleans and Integers keep their types, everything else is a String.</summary>
internal sealed class AttributeNode(int position, string name) : CesqlNode(position)
{
    internal override CesqlType? Type => null;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        if (!scope.Event.TryGetAttribute(name, out var value))
        {
            scope.Fail(CesqlErrorKind.MissingAttribute, Position, _missing);
            return CesqlValue.None;
        }
        switch (value.Type)
        {
            case CloudEventType.Boolean:
                value.TryGetBoolean(out var boolean);
                return CesqlValue.Of(boolean);
            case CloudEventType.Integer:
                value.TryGetInteger(out var integer);
                return CesqlValue.Of(integer);
            default:
                return CesqlValue.Of(value.ToString());
        }
    }

    private readonly string _missing = $"the event has no attribute \"{name}\"";
}

/// <summary><c>EXISTS name</c>.</summary>
internal sealed class ExistsNode(int position, string name) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope) => CesqlValue.Of(scope.Event.TryGetAttribute(name, out _));
}

/// <summary><c>NOT x</c>.</summary>
internal sealed class NotNode(int position, CesqlNode operand) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope) =>
        CesqlValue.Of(scope.TryEvaluate(operand, CesqlType.Boolean, out var value) && !value.AsBoolean);
}

/// <summary><c>-x</c>.</summary>
internal sealed class NegateNode(int position, CesqlNode operand) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Integer;

    internal override CesqlValue Evaluate(ref CesqlScope scope) =>
        CesqlValue.Of(scope.TryEvaluate(operand, CesqlType.Integer, out var value) ? unchecked(-value.AsInteger) : 0);
}

/// <summary><c>x LIKE 'pattern'</c>, <c>x NOT LIKE 'pattern'</c>.</summary>
internal sealed class LikeNode(int position, CesqlNode operand, LikePattern pattern, bool negated) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope) =>
        CesqlValue.Of(scope.TryEvaluate(operand, CesqlType.String, out var text) && pattern.Matches(text.AsString) != negated);
}

/// <summary><c>x IN (…)</c>, <c>x NOT IN (…)</c>: the elements are cast to the type of <c>x</c>.</summary>
internal sealed class InNode(int position, CesqlNode operand, CesqlNode[] elements, bool negated) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        if (!scope.TryEvaluate(operand, null, out var sought)) return CesqlValue.Of(false);
        foreach (var element in elements)
        {
            if (!scope.TryEvaluate(element, sought.Type, out var value)) return CesqlValue.Of(false);
            if (value == sought) return CesqlValue.Of(!negated);
        }
        return CesqlValue.Of(negated);
    }
}

/// <summary>A function's call.</summary>
internal sealed class CallNode(int position, string name, CesqlFunction? function, CesqlNode[] arguments) : CesqlNode(position)
{
    internal override CesqlType? Type => function?.Returns ?? CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        if (function is null)
        {
            scope.Fail(CesqlErrorKind.MissingFunction, Position, _missing);
            return CesqlValue.Of(false);
        }
        var few = default(FewValues);
        Span<CesqlValue> values = arguments.Length <= FewValues.Count ? few : new CesqlValue[arguments.Length];
        values = values[..arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!scope.TryEvaluate(arguments[i], function.ParameterAt(i), out values[i])) return CesqlValue.Zero(function.Returns);
        }
        var value = function.Body(values, out var error);
        if (error is not null) scope.Fail(error.Value.Kind, Position, $"{name}: {error.Value.Message}");
        return value;
    }

    private readonly string _missing = $"there is no function {name} that takes {arguments.Length} argument(s)";
}

/// <summary>Room for the arguments of nearly all calls, without allocating.</summary>
[System.Runtime.CompilerServices.InlineArray(Count)]
internal struct FewValues
{
    internal const int Count = 4;

    private CesqlValue _first;
}
