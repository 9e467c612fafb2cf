using System.Collections.Immutable;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Functions;

/// <summary>What a function does with arguments of the types that its signature names.</summary>
internal delegate CelValue CelBody(CelValue[] arguments, CelBudget budget);

/// <summary>A function for some types of arguments.</summary>
/// <param name="IsMember">Called on its first argument: <c>text.contains(part)</c>.</param>
internal sealed record CelOverload(string Name, bool IsMember, ImmutableArray<CelType> Parameters, CelType Result, CelBody Body)
{
    /// <summary>
    /// Reads a signature: <c>string.contains(string) bool</c>, <c>size(list&lt;A&gt;) int</c>, <c>sets::contains(list&lt;A&gt;, list&lt;A&gt;)
    /// bool</c>.
    /// </summary>
    public static CelOverload Of(string signature, CelBody body)
    {
        var (open, close) = (signature.IndexOf('(', StringComparison.Ordinal), signature.IndexOf(')', StringComparison.Ordinal));
        var head = signature[..open];
        var dot = head.LastIndexOf('.');
        var parameters = signature[(open + 1)..close].Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(SignatureTypes.Of);
        return new(
            head[(dot + 1)..].Replace("::", ".", StringComparison.Ordinal), dot >= 0,
            [.. dot < 0 ? parameters : parameters.Prepend(SignatureTypes.Of(head[..dot]))], SignatureTypes.Of(signature[(close + 2)..]), body);
    }

    /// <summary>Whether it can be called with these values.</summary>
    public bool Takes(CelValue[] values)
    {
        for (var i = 0; i < values.Length; i++)
            if (Parameters[i].Kind is not (CelKind.Dyn or CelKind.Variable) && Parameters[i].Kind != values[i].Type.Kind) return false;
        return true;
    }
}
