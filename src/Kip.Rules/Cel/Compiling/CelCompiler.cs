using Kip.Rules.Cel.Functions;
using Kip.Rules.Cel.Nodes;
using Kip.Rules.Cel.Syntax;
using Kip.Rules.Cel.Types;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Compiling;

/// <summary>Makes an expression ready to run and checks what can be known before: names, members, and the types of arguments.</summary>
internal sealed class CelCompiler(CelVariables variables)
{
    private static readonly string[] TypeNames = ["bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"];

    /// <exception cref="CelProblem">Something means nothing.</exception>
    public CelTyped Compile(CelSyntax syntax) => syntax switch
    {
        LiteralSyntax literal => new(new LiteralNode(literal.Value), literal.Value.Type),
        NameSyntax name => Name(name),
        SelectSyntax select => Select(select),
        IndexSyntax index => Index(index),
        LogicSyntax logic =>
            new(new LogicNode([.. logic.Parts.Select(part => Condition(part, logic.IsAnd ? "_&&_" : "_||_").Node)], logic.IsAnd), CelType.Bool),
        ConditionalSyntax conditional => Conditional(conditional),
        ListSyntax list => List(list),
        MapSyntax map => Map(map),
        CallSyntax call => CelMacros.TryExpand(call, this, variables) ?? Call(call),
        _ => throw new CelProblem(syntax.At, "not an expression"),
    };

    /// <summary>An expression that must be a condition.</summary>
    public CelTyped Condition(CelSyntax syntax, string @in)
    {
        var compiled = Compile(syntax);
        return compiled.Type.Kind is CelKind.Bool or CelKind.Dyn ? compiled : throw NoOverload(syntax.At, @in, [compiled.Type]);
    }

    private CelTyped Name(NameSyntax name)
    {
        if (variables.Find(name.Name) is { } variable) return new(new VariableNode(variable.Slot, name.Name), variable.Type);
        if (TypeNames.Contains(name.Name)) return new(new LiteralNode(new CelTypeName(name.Name)), CelType.Type);
        throw new CelProblem(name.At, $"undeclared reference to '{name.Name}' (in container '')");
    }

    private CelTyped Select(SelectSyntax select)
    {
        var of = Compile(select.Of);
        var member = MemberOf(of.Type, select.Field, select.At);
        if (!select.IsOptional) return new(new SelectNode(of.Node, select.Field), member);
        return new(
            new IndexNode(of.Node, new LiteralNode(new CelText(select.Field)), asks: true),
            member.Kind == CelKind.Optional ? member : CelType.OptionalOf(member));
    }

    /// <summary>The type of a member.</summary>
    public static CelType MemberOf(CelType type, string field, int at) => type.Kind switch
    {
        CelKind.Dyn => CelType.Dyn,
        CelKind.Optional => CelType.OptionalOf(MemberOf(type.Parameters[0], field, at)),
        CelKind.Map when type.Parameters[0].Kind is CelKind.String or CelKind.Dyn => type.Parameters[1],
        CelKind.Object => type.Fields.GetValueOrDefault(field) ?? throw new CelProblem(at, $"undefined field '{field}'"),
        _ => throw new CelProblem(at, $"type '{type}' does not support field selection"),
    };

    private CelTyped Index(IndexSyntax index)
    {
        var (of, key) = (Compile(index.Of), Compile(index.Index));
        var from = of.Type.Kind == CelKind.Optional ? of.Type.Parameters[0] : of.Type;
        var found = from.Kind switch
        {
            CelKind.Dyn => CelType.Dyn,
            CelKind.List when key.Type.Kind is CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Dyn => from.Parameters[0],
            CelKind.Map when new TypeBindings().Accepts(from.Parameters[0], key.Type) => from.Parameters[1],
            _ => throw NoOverload(index.At, "_[_]", [from, key.Type]),
        };
        var isOptional = index.IsOptional || of.Type.Kind == CelKind.Optional;
        return new(new IndexNode(of.Node, key.Node, index.IsOptional), isOptional ? CelType.OptionalOf(found) : found);
    }

    private CelTyped Conditional(ConditionalSyntax syntax)
    {
        var (condition, then, otherwise) = (Condition(syntax.If, "_?_:_"), Compile(syntax.Then), Compile(syntax.Else));
        var bindings = new TypeBindings();
        var letter = CelType.Variable("A");
        if (!bindings.Accepts(letter, then.Type) || !bindings.Accepts(letter, otherwise.Type))
            throw NoOverload(syntax.At, "_?_:_", [condition.Type, then.Type, otherwise.Type]);
        return new(new ConditionalNode(condition.Node, then.Node, otherwise.Node), TypeBindings.Join(then.Type, otherwise.Type));
    }

    private CelTyped List(ListSyntax list)
    {
        var items = list.Items.Select(Compile).ToArray();
        return new(new ListNode([.. items.Select(static item => item.Node)]), CelType.ListOf(Joined(items.Select(static item => item.Type))));
    }

    private CelTyped Map(MapSyntax map)
    {
        var entries = map.Entries.Select(entry => (Key: Compile(entry.Key), Value: Compile(entry.Value))).ToArray();
        return new(
            new MapNode([.. entries.Select(static entry => (entry.Key.Node, entry.Value.Node))]),
            CelType.MapOf(Joined(entries.Select(static entry => entry.Key.Type)), Joined(entries.Select(static entry => entry.Value.Type))));
    }

    private static CelType Joined(IEnumerable<CelType> types) =>
        types.Aggregate((CelType?)null, static (one, other) => one is null ? other : TypeBindings.Join(one, other)) ?? CelType.Dyn;

    private CelTyped Call(CallSyntax call)
    {
        // sets.contains(…): what looks like a member of a variable that is none is a name with dots.
        if (call.Target is NameSyntax space && variables.Find(space.Name) is null
            && CelFunctions.Find($"{space.Name}.{call.Function}", isMember: false) is { IsEmpty: false })
            return Call(call with { Target = null, Function = $"{space.Name}.{call.Function}" });
        var known = CelFunctions.Find(call.Function, call.Target is not null);
        if (known.IsEmpty) throw new CelProblem(call.At, $"undeclared reference to '{call.Function}' (in container '')");
        var arguments = (call.Target is null ? call.Arguments : [call.Target, .. call.Arguments]).Select(Compile).ToArray();
        var types = arguments.Select(static argument => argument.Type).ToArray();
        var (candidates, result) = Overloads.Choose(known, types);
        if (candidates.IsEmpty) throw NoOverload(call.At, call.Function, types, call.Target is not null);
        if (Patterns.Names.Contains(call.Function)) arguments[1] = Pattern(arguments[1], call.At);
        return new(new CallNode(candidates, [.. arguments.Select(static argument => argument.Node)]), result);
    }

    // An expression that stands in the text is read once, and is wrong before anything runs.
    private static CelTyped Pattern(CelTyped argument, int at)
    {
        if (argument.Node is not LiteralNode literal || literal.Value is not CelText text) return argument;
        var pattern = new CelPattern(new(text.Value));
        return pattern.Pattern.Problem is { } problem
            ? throw new CelProblem(at, $"invalid matches argument: error parsing regexp: {problem}")
            : new(new LiteralNode(pattern), CelType.Text);
    }

    public static CelProblem NoOverload(int at, string function, IReadOnlyList<CelType> types, bool isMember = false) => new(at,
        isMember ? $"found no matching overload for '{function}' applied to '{types[0]}.({string.Join(", ", types.Skip(1))})'"
        : $"found no matching overload for '{function}' applied to '({string.Join(", ", types)})'");
}
