using Kip.Rules.Cel.Nodes;
using Kip.Rules.Cel.Syntax;
using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Compiling;

/// <summary>The macros that run an expression for each item of a list or each key of a map, with one variable or with two.</summary>
internal static class CelComprehensions
{
    /// <param name="names">The variables: an item or a key; or an item's place and the item, or a key and its value.</param>
    /// <param name="condition">Null: all items.</param>
    /// <param name="made">What is made of an item. Null: nothing is.</param>
    public static CelTyped Expand(
        CallSyntax call, CelSyntax range, CelSyntax[] names, CelSyntax? condition, CelSyntax? made, CelCompiler compiler, CelVariables variables)
    {
        var (first, second) = (NameOf(names[0]), names.Length > 1 ? NameOf(names[1]) : null);
        if (first == second) throw new CelProblem(names[1].At, $"duplicate variable name: {second}");
        var over = compiler.Compile(range);
        var (firstType, secondType) = TypesOf(over.Type, second is not null, call.At);
        var slot = variables.Declare(first, firstType);
        int? place = second is null ? null : variables.Declare(second, secondType);
        var holds = condition is null ? null : compiler.Condition(condition, call.Function).Node;
        CelTyped? transformed = made is null ? null : compiler.Compile(made);
        variables.Forget(first);
        if (second is not null) variables.Forget(second);
        return call.Function switch
        {
            "all" or "exists" => new(new QuantifierNode(over.Node, slot, place, holds!, call.Function == "all"), CelType.Bool),
            "exists_one" or "existsOne" => new(new ExistsOneNode(over.Node, slot, place, holds!), CelType.Bool),
            "transformMap" => new(
                new TransformMapNode(over.Node, slot, place, holds, transformed!.Value.Node, makesEntries: false),
                CelType.MapOf(firstType, transformed.Value.Type)),
            "transformMapEntry" => new(
                new TransformMapNode(over.Node, slot, place, holds, transformed!.Value.Node, makesEntries: true), Entries(transformed.Value.Type, call)),
            _ => new(new TransformNode(over.Node, slot, place, holds, transformed?.Node), CelType.ListOf(transformed?.Type ?? firstType)),
        };
    }

    private static string NameOf(CelSyntax syntax) =>
        syntax is NameSyntax name ? name.Name : throw new CelProblem(syntax.At, "argument must be a simple name");

    private static (CelType First, CelType Second) TypesOf(CelType range, bool two, int at) => range.Kind switch
    {
        CelKind.List when two => (CelType.Int, range.Parameters[0]),
        CelKind.List => (range.Parameters[0], CelType.Dyn),
        CelKind.Map => (range.Parameters[0], range.Parameters[1]),
        CelKind.Dyn => (CelType.Dyn, CelType.Dyn),
        _ => throw new CelProblem(at, $"expression of type '{range}' cannot be range of a comprehension (must be list, map, or dynamic)"),
    };

    private static CelType Entries(CelType made, CallSyntax call) => made.Kind switch
    {
        CelKind.Map => made,
        CelKind.Dyn => CelType.MapOf(CelType.Dyn, CelType.Dyn),
        _ => throw CelCompiler.NoOverload(call.At, call.Function, [made]),
    };
}
