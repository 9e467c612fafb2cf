using Kip.Rules.Cel.Nodes;
using Kip.Rules.Cel.Syntax;
using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Compiling;

/// <summary>What looks like a function and is none: <c>has</c>, and what runs an expression for each item.</summary>
internal static class CelMacros
{
    /// <summary>What a macro stands for; null when the call is a function's.</summary>
    public static CelTyped? TryExpand(CallSyntax call, CelCompiler compiler, CelVariables variables) => (call.Target, call.Function, call.Arguments) switch
    {
        (null, "has", [var field]) => Has(field, compiler),
        (NameSyntax { Name: "cel" }, "bind", [NameSyntax name, var value, var body]) => Bind(name, compiler.Compile(value), body, compiler, variables),
        ({ } range, "all" or "exists" or "exists_one" or "existsOne" or "filter", [var name, var condition]) =>
            CelComprehensions.Expand(call, range, [name], condition, null, compiler, variables),
        ({ } range, "all" or "exists" or "exists_one" or "existsOne", [var first, var second, var condition]) =>
            CelComprehensions.Expand(call, range, [first, second], condition, null, compiler, variables),
        ({ } range, "map", [var name, var made]) => CelComprehensions.Expand(call, range, [name], null, made, compiler, variables),
        ({ } range, "map", [var name, var condition, var made]) => CelComprehensions.Expand(call, range, [name], condition, made, compiler, variables),
        ({ } range, "transformList" or "transformMap" or "transformMapEntry", [var first, var second, var made]) =>
            CelComprehensions.Expand(call, range, [first, second], null, made, compiler, variables),
        ({ } range, "transformList" or "transformMap" or "transformMapEntry", [var first, var second, var condition, var made]) =>
            CelComprehensions.Expand(call, range, [first, second], condition, made, compiler, variables),
        ({ } optional, "optMap" or "optFlatMap", [NameSyntax name, var made]) => OverOptional(call, optional, name, made, compiler, variables),
        _ => null,
    };

    private static CelTyped Has(CelSyntax field, CelCompiler compiler)
    {
        if (field is not SelectSyntax { IsOptional: false } select) throw new CelProblem(field.At, "invalid argument to has() macro");
        var of = compiler.Compile(select.Of);
        CelCompiler.MemberOf(of.Type, select.Field, select.At);
        return new(new HasNode(of.Node, select.Field), CelType.Bool);
    }

    private static CelTyped Bind(NameSyntax name, CelTyped value, CelSyntax body, CelCompiler compiler, CelVariables variables)
    {
        var slot = variables.Declare(name.Name, value.Type);
        var compiled = compiler.Compile(body);
        variables.Forget(name.Name);
        return compiled with { Node = new BindNode(slot, value.Node, compiled.Node) };
    }

    private static CelTyped OverOptional(CallSyntax call, CelSyntax optional, NameSyntax name, CelSyntax made, CelCompiler compiler, CelVariables variables)
    {
        var from = compiler.Compile(optional);
        if (from.Type.Kind is not (CelKind.Optional or CelKind.Dyn)) throw CelCompiler.NoOverload(call.At, call.Function, [from.Type]);
        var slot = variables.Declare(name.Name, from.Type.Kind == CelKind.Dyn ? CelType.Dyn : from.Type.Parameters[0]);
        var compiled = compiler.Compile(made);
        variables.Forget(name.Name);
        var flat = call.Function == "optFlatMap";
        if (flat && compiled.Type.Kind is not (CelKind.Optional or CelKind.Dyn))
            throw CelCompiler.NoOverload(call.At, call.Function, [from.Type, compiled.Type]);
        return new(new OptionalMapNode(from.Node, slot, compiled.Node, flat), flat ? compiled.Type : CelType.OptionalOf(compiled.Type));
    }
}
