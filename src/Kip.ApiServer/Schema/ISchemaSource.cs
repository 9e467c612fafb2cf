namespace Kip.ApiServer.Schema;

/// <summary>A format that knows the schema of its kind, where no record type tells it.</summary>
internal interface ISchemaSource
{
    SchemaNode Schema { get; }
}
