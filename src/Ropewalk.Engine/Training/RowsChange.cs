using Ropewalk.Engine.Models;

namespace Ropewalk.Engine.Training;

/// <summary>Adds to one row of a product's weight before it is written.</summary>
/// <param name="role">The product.</param>
/// <param name="layer">Its layer.</param>
/// <param name="row">The row.</param>
/// <param name="values">Its numbers.</param>
internal delegate void RowsChange(TensorRole role, int layer, int row, Span<float> values);
