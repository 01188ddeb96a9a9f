// The baseline of the scene: the same picture by plain calls of a 2d context, one item after the other, each with the
// colours, fonts and widths that it needs.

/** Makes what a drawing program would keep between frames: outlines of icons. */
export function prepare(ops) {
  for (const op of ops) {
    if (op.kind === 'icon') op.paths = op.paths.map((d) => new Path2D(d));
  }
  return ops;
}

export function paint(context, ops) {
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const op of ops) DRAW[op.kind](context, op);
}

function finish(context, op) {
  if (op.fill) {
    context.fillStyle = op.fill;
    context.fill();
  }
  if (op.stroke) {
    context.strokeStyle = op.stroke;
    context.lineWidth = op.width;
    context.setLineDash(op.dashed ? [4, 4] : []);
    context.stroke();
  }
}

const DRAW = {
  rect(context, op) {
    context.fillStyle = op.fill;
    context.fillRect(op.x, op.y, op.w, op.h);
  },
  dots(context, op) {
    context.fillStyle = op.fill;
    for (const [x, y] of op.at) context.fillRect(x, y, 1, 1);
  },
  round(context, op) {
    context.beginPath();
    context.roundRect(op.x, op.y, op.w, op.h, op.r);
    if (op.shadow) {
      context.shadowColor = op.shadow;
      context.shadowBlur = 8;
      context.shadowOffsetY = 2;
      context.fillStyle = op.fill;
      context.fill();
      context.shadowColor = 'transparent';
      context.shadowBlur = 0;
      context.shadowOffsetY = 0;
      finish(context, { ...op, fill: null });
    } else {
      finish(context, op);
    }
  },
  curve(context, op) {
    const [from, c1, c2, to] = op.at;
    context.beginPath();
    context.moveTo(from[0], from[1]);
    context.bezierCurveTo(c1[0], c1[1], c2[0], c2[1], to[0], to[1]);
    finish(context, op);
  },
  path(context, op) {
    context.beginPath();
    context.moveTo(op.at[0][0], op.at[0][1]);
    for (const [x, y] of op.at.slice(1)) context.lineTo(x, y);
    if (op.closed) context.closePath();
    finish(context, op);
  },
  circle(context, op) {
    context.beginPath();
    context.arc(op.x, op.y, op.r, 0, 2 * Math.PI);
    finish(context, op);
  },
  text(context, op) {
    context.fillStyle = op.fill;
    context.font = op.font;
    context.textAlign = op.align;
    context.fillText(op.text, op.x, op.y);
  },
  icon(context, op) {
    context.save();
    context.setLineDash([]);
    context.translate(op.x, op.y);
    context.scale(op.scale, op.scale);
    context.strokeStyle = op.stroke;
    context.lineWidth = op.width;
    for (const path of op.paths) context.stroke(path);
    context.restore();
  },
};
