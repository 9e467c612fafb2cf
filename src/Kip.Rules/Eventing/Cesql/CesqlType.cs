namespace Kip.Rules.Eventing.Cesql;

/// <summary>The types of CESQL's values.</summary>
public enum CesqlType
{
    Boolean,
    Integer,
    String,
}
