using Kip.CloudEvents;

namespace Kip.Rules.Eventing.Cesql;

/// <summary>One evaluation: the event that is looked at, and the errors so far.</summary>
/// <remarks>Without a list of errors the first one stops the evaluation, and only that there was one is known.</remarks>
internal ref struct CesqlScope(CloudEvent cloudEvent, List<CesqlError>? errors)
{
    internal readonly CloudEvent Event = cloudEvent;

    /// <value>Whether the evaluation stops: values do not matter any more.</value>
    internal bool Stopped { get; private set; }

    internal void Fail(CesqlErrorKind kind, int position, string message)
    {
        if (errors is null) Stopped = true;
        else errors.Add(new CesqlError(kind, position, message));
    }

    /// <summary>Evaluates an operand. False when something went wrong in it: then the operator yields the zero value of its type.</summary>
    /// <param name="type">What the value is cast to; null leaves it as it is.</param>
    internal bool TryEvaluate(CesqlNode node, CesqlType? type, out CesqlValue value)
    {
        var before = errors?.Count;
        value = node.Evaluate(ref this);
        return !Stopped && errors?.Count == before && (type is not { } wanted || TryCast(ref value, wanted, node.Position));
    }

    internal bool TryCast(ref CesqlValue value, CesqlType type, int position)
    {
        var from = value;
        if (from.TryCast(type, out value)) return true;
        if (errors is null) Stopped = true;
        else Fail(CesqlErrorKind.Cast, position, $"\"{from}\" is not {(type == CesqlType.Integer ? "an Integer" : "a Boolean")}");
        return false;
    }
}
