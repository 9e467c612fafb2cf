using System.Collections.Immutable;
using Kip.Rules.Cel.Values;

namespace Kip.Rules.Cel.Syntax;

/// <summary>A part of an expression as it was written.</summary>
/// <param name="At">Where to point when it is wrong.</param>
/// <param name="Depth">How many levels it and its parts nest.</param>
internal abstract record CelSyntax(int At, int Depth)
{
    protected static int Deepest(IEnumerable<CelSyntax> parts) => parts.Select(static part => part.Depth).DefaultIfEmpty().Max() + 1;
}

internal sealed record LiteralSyntax(int At, CelValue Value) : CelSyntax(At, 1);

internal sealed record NameSyntax(int At, string Name) : CelSyntax(At, 1);

/// <summary><c>of.field</c>, or <c>of.?field</c>.</summary>
internal sealed record SelectSyntax(int At, CelSyntax Of, string Field, bool IsOptional) : CelSyntax(At, Of.Depth + 1);

/// <summary><c>of[index]</c>, or <c>of[?index]</c>.</summary>
internal sealed record IndexSyntax(int At, CelSyntax Of, CelSyntax Index, bool IsOptional) : CelSyntax(At, Math.Max(Of.Depth, Index.Depth) + 1);

/// <summary>A function or an operator; operators are named as in CEL's specification: <c>_+_</c>, <c>!_</c>.</summary>
internal sealed record CallSyntax(int At, CelSyntax? Target, string Function, ImmutableArray<CelSyntax> Arguments)
    : CelSyntax(At, Deepest(Target is null ? Arguments : Arguments.Add(Target)));

/// <summary>All or any of some conditions.</summary>
internal sealed record LogicSyntax(int At, bool IsAnd, ImmutableArray<CelSyntax> Parts) : CelSyntax(At, Deepest(Parts));

internal sealed record ConditionalSyntax(int At, CelSyntax If, CelSyntax Then, CelSyntax Else) : CelSyntax(At, Deepest([If, Then, Else]));

internal sealed record ListSyntax(int At, ImmutableArray<CelSyntax> Items) : CelSyntax(At, Deepest(Items));

internal sealed record MapSyntax(int At, ImmutableArray<(CelSyntax Key, CelSyntax Value)> Entries)
    : CelSyntax(At, Deepest(Entries.SelectMany(static entry => new[] { entry.Key, entry.Value })));
