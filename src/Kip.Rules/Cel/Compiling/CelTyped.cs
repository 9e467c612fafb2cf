using Kip.Rules.Cel.Nodes;
using Kip.Rules.Cel.Types;

namespace Kip.Rules.Cel.Compiling;

/// <summary>A part of an expression that is ready to run, and what is known of its value.</summary>
internal readonly record struct CelTyped(CelNode Node, CelType Type);
