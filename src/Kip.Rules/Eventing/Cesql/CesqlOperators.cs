namespace Kip.Rules.Eventing.Cesql;

internal enum LogicOperator
{
    And,
    Or,
    Xor,
}

internal enum CompareOperator
{
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal enum MathOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// <summary>
/// <c>AND</c>, <c>OR</c>, <c>XOR</c>: one level, right-associative, so a chain is a list that is gone through without recursion.
/// </summary>
internal sealed class LogicNode(int position, CesqlNode[] operands, LogicOperator[] operators) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        // a XOR b XOR rest turns rest around once for each true operand before it.
        var turned = false;
        for (var i = 0; i < operators.Length; i++)
        {
            if (!scope.TryEvaluate(operands[i], CesqlType.Boolean, out var left)) return CesqlValue.Of(false);
            switch (operators[i])
            {
                case LogicOperator.And when !left.AsBoolean:
                case LogicOperator.Or when left.AsBoolean:
                    return CesqlValue.Of(left.AsBoolean != turned);
                case LogicOperator.Xor:
                    turned ^= left.AsBoolean;
                    break;
            }
        }
        return CesqlValue.Of(scope.TryEvaluate(operands[^1], CesqlType.Boolean, out var last) && last.AsBoolean != turned);
    }
}

/// <summary><c>=</c>, <c>!=</c>, <c>&lt;&gt;</c>: the left side is cast to the type of the right one.</summary>
internal sealed class EqualNode(int position, CesqlNode left, CesqlNode right, bool negated) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        var known = scope.TryEvaluate(left, null, out var one);
        if (scope.Stopped || !scope.TryEvaluate(right, null, out var other) || !known) return CesqlValue.Of(false);
        return CesqlValue.Of(scope.TryCast(ref one, other.Type, left.Position) && one == other != negated);
    }
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>, on Integers.</summary>
internal sealed class CompareNode(int position, CesqlNode left, CesqlNode right, CompareOperator comparison) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Boolean;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        var known = scope.TryEvaluate(left, CesqlType.Integer, out var one);
        if (scope.Stopped || !scope.TryEvaluate(right, CesqlType.Integer, out var other) || !known) return CesqlValue.Of(false);
        return CesqlValue.Of(comparison switch
        {
            CompareOperator.Less => one.AsInteger < other.AsInteger,
            CompareOperator.LessOrEqual => one.AsInteger <= other.AsInteger,
            CompareOperator.Greater => one.AsInteger > other.AsInteger,
            _ => one.AsInteger >= other.AsInteger,
        });
    }
}

/// <summary><c>+ - * / %</c>, on Integers; what does not fit wraps around, as two's complement does.</summary>
internal sealed class MathNode(int position, CesqlNode left, CesqlNode right, MathOperator operation) : CesqlNode(position)
{
    internal override CesqlType? Type => CesqlType.Integer;

    internal override CesqlValue Evaluate(ref CesqlScope scope)
    {
        var known = scope.TryEvaluate(left, CesqlType.Integer, out var one);
        if (scope.Stopped || !scope.TryEvaluate(right, CesqlType.Integer, out var other) || !known) return CesqlValue.Of(0);
        var (a, b) = (one.AsInteger, other.AsInteger);
        if (operation is MathOperator.Divide or MathOperator.Remainder && b == 0)
        {
            scope.Fail(CesqlErrorKind.Math, Position, "division by zero");
            return CesqlValue.Of(0);
        }
        return CesqlValue.Of(unchecked(operation switch
        {
            MathOperator.Add => a + b,
            MathOperator.Subtract => a - b,
            MathOperator.Multiply => a * b,
            // The smallest Integer by -1 is the one quotient that does not fit; the processor would trap.
            MathOperator.Divide => b == -1 ? -a : a / b,
            _ => b == -1 ? 0 : a % b,
        }));
    }
}
